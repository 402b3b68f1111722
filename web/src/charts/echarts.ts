import { BarChart, LineChart, SankeyChart, TreemapChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import * as core from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

core.use([BarChart, LineChart, SankeyChart, TreemapChart, GridComponent, TooltipComponent, CanvasRenderer]);

/** Only what the dashboard draws; loaded as a file of its own after the first view. */
export const echarts = core;
