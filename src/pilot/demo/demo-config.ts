export interface DemoConfigOptions {
  /** Origin of the provider emulator, like `http://127.0.0.1:4701`. */
  readonly emulatorUrl: string;
  /** Default 127.0.0.1:4700. */
  readonly listen?: string;
  /** Default ./burnrate-data. */
  readonly data?: string;
}

/** The `burnrate.yaml` that `burnrate demo` runs on: three providers answered by the emulator, the demo product's workflows. */
export function demoConfigYaml(options: DemoConfigOptions): string {
  const quoted = (text: string): string => JSON.stringify(text);
  return `# The demo product. Its providers are one emulator on this machine: every figure is simulated.
version: 1
listen: ${quoted(options.listen ?? '127.0.0.1:4700')}
data: ${quoted(options.data ?? './burnrate-data')}
providers:
  openai: { kind: openai, baseUrl: ${quoted(`${options.emulatorUrl}/v1`)}, apiKey: emulator }
  anthropic: { kind: anthropic, baseUrl: ${quoted(options.emulatorUrl)}, apiKey: emulator }
  gemini: { kind: gemini, baseUrl: ${quoted(options.emulatorUrl)}, apiKey: emulator }
prices:
  - { provider: openai, model: omni-moderation-latest, perCall: 0 }
${workflowsYaml}${controlsYaml}`;
}

const workflowsYaml = `workflows:
  support-assistant:
    team: support
    feature: chat
    outcome: { valueUsd: 4.50, successRate: 0.78, minutesSaved: 6 }
    traffic: { users: "50 to 80", sessionsPerUserPerDay: 8, interactionsPerSession: "1 to 5", plans: { free: 0.2, pro: 0.4, business: 0.4 } }
    impatience: { afterSeconds: 6, retryProbability: 0.3, abandonProbability: 0.05 }
    start: classify
    stages:
      classify: { model: openai/gpt-5-nano, input: "190 to 300", output: "2 to 8", maxOutputTokens: 64, next: { retrieve: 0.94, escalate: 0.06 } }
      retrieve: { model: openai/text-embedding-3-small, input: 40, output: 0, next: answer }
      answer:
        model: anthropic/claude-sonnet-4-5
        input: { system: "1100 to 1500", history: { perTurn: "200 to 300" }, retrieval: "1500 to 5000", question: "15 to 120" }
        output: "60 to 600"
        timeout: 60s
        next: moderate
      moderate: { model: openai/omni-moderation-latest, input: 60, output: 0, next: { done: 0.88, escalate: 0.12 } }
      escalate: { human: { role: support-agent, minutes: "4 to 12" } }
  report-drafting:
    team: analytics
    feature: reports
    outcome: { valueUsd: 12, successRate: 0.8, minutesSaved: 25 }
    traffic: { users: "50 to 80", sessionsPerUserPerDay: 3, interactionsPerSession: 1, regenerationsPerInteraction: 0.9 }
    start: outline
    stages:
      outline: { model: gemini/gemini-2.5-flash, input: "380 to 700", output: "60 to 600", maxOutputTokens: 600, next: draft }
      draft: { model: openai/gpt-5-mini, input: "800 to 3000", output: "100 to 1500", maxOutputTokens: 2000, calls: 1.9 }
  rag-search:
    team: search
    feature: search
    outcome: { valueUsd: 0.80, successRate: 0.82 }
    traffic: { users: "50 to 80", sessionsPerUserPerDay: 3, interactionsPerSession: "1 to 2" }
    start: embed
    stages:
      embed: { model: openai/text-embedding-3-small, input: "6 to 30", output: 0, next: answer }
      answer: { model: gemini/gemini-2.5-flash-lite, input: { system: 260, retrieval: "4k to 8k" }, output: "60 to 500", maxOutputTokens: 500 }
people: { support-agent: { hourlyUsd: 38 } }
`;

/** Wide enough for traffic that runs for days; only the busiest free users meet their limits. */
const controlsYaml = `plans: { free: { interactionsPerDay: 80 }, pro: { priceUsd: 29 }, business: { priceUsd: 99 } }
limits: [ { name: free-pace, scope: { plan: free }, per: user, requests: 20/m } ]
budgets:
  - { name: company, limitUsd: 30000, period: month, hard: true, brake: [ { at: 90%, maxOutputTokens: 400 } ] }
  - { name: month-plan, limitUsd: 600, period: month }
  - { name: support-team, scope: { team: support }, limitUsd: 400, period: day }
  - name: free-users
    scope: { plan: free }
    per: user
    limitUsd: 1
    period: day
    hard: true
    brake: [ { at: 50%, maxOutputTokens: 300 }, { at: 85%, maxOutputTokens: 150 } ]
`;
