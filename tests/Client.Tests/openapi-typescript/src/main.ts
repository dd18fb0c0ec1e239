// Asks the service through the generated types only: what they promise is what is read here, and whatever they forbid does not compile.
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

declare const process: { env: Record<string, string | undefined> };

type Schemas = components['schemas'];

const client = createClient<paths>({ baseUrl: process.env.ML_SERVICE_URL ?? '' });

function got<T>(reply: { data?: T; error?: unknown; response: Response }): T {
  if (reply.data === undefined) {
    throw new Error(`${reply.response.url}: ${reply.response.status} ${JSON.stringify(reply.error)}`);
  }
  return reply.data;
}

// Only the symbol is required.
const plain = got(await client.POST('/predict', { body: { symbol: 'BTC' } }));
const direction: 'bearish' | 'neutral' | 'bullish' = plain.prediction.direction;
const confidence: 'low' | 'medium' | 'high' = plain.prediction.confidence;
const target: number = plain.prediction.targetPrice;
const warnings: string[] = plain.warnings;
const range: number | null = plain.prediction.interval === null ? null : plain.prediction.interval.high - plain.prediction.interval.low;
const measured: number | null = plain.historical_accuracy.last30Days;

const past = got(await client.POST('/predict', {
  params: { header: { 'X-Deadline-Ms': 20000 } },
  body: { symbol: 'BTC', timeframe: '14d', as_of: plain.data_as_of, explain: true },
}));
const contribution: number = past.contributions?.features[0]?.contribution ?? NaN;

const ensemble = got(await client.POST('/predict/ensemble', { body: { symbol: 'BTC', ensemble_method: 'max_confidence', min_confidence: 0.3 } }));
const used: number = ensemble.ensemble_metadata.models_used;

const batch = got(await client.POST('/predict/batch', { body: { symbols: ['BTC', 'BNB'] } }));
const reasons: (Schemas['RefusalReason'] | 'none')[] = batch.results.map(item => item.refusal?.reason ?? 'none');

const risk = got(await client.POST('/risk-score', { body: { symbol: 'ETH', portfolio_allocation: 0.1 } }));
const score: number = risk.risk_score;
const level: 'low' | 'medium' | 'high' | 'extreme' = risk.risk_level;
const loss: number | undefined = risk.portfolio?.value_at_risk_95_7d;
if (!(loss! < risk.forecast!.value_at_risk_95_7d)) throw new Error(`a tenth may lose ${loss}`);
const portfolio = got(await client.POST('/risk-score/portfolio', { body: { holdings: [{ symbol: 'BTC', weight: 0.6 }, { symbol: 'ETH', weight: 0.4 }] } }));
const shares: number = portfolio.holdings.reduce((sum, holding) => sum + holding.risk_contribution, 0);
if (Math.abs(shares - 1) > 1e-5) throw new Error(`shares add up to ${shares}`);
const riskBatch = got(await client.POST('/risk-score/batch', { body: { symbols: ['SOL'] } }));

const view = got(await client.GET('/api/v1/predictions/{symbol}', { params: { path: { symbol: 'BTC' }, query: { timeframe: '30d' } } }));
const generatedAt: string = view.generatedAt;
const riskView = got(await client.GET('/api/v1/risk/{symbol}', { params: { path: { symbol: 'BTC' } } }));
const viewScore: number = riskView.riskScore;
const viewLoss: number | undefined = riskView.forecast?.valueAtRisk957d;
if (!(viewLoss! > 0)) throw new Error(`the view has no forecast: ${viewLoss}`);

const models = got(await client.GET('/models')).models;
const model = got(await client.GET('/models/{symbol}', { params: { path: { symbol: 'BTC' } } }));
const accuracy: number | null = model.accuracy_7d;
const prices = got(await client.GET('/api/v1/prices', { params: { query: { symbols: ['BTC', 'ETH'] } } }));
const price: number = prices.prices['BTC']?.price ?? NaN;
const health = got(await client.GET('/health'));
const loaded: number = health.models_loaded;

// This service has no database: its refusal is typed too.
const history = await client.GET('/api/v1/predictions/{symbol}/history', {
  params: { path: { symbol: 'BTC' }, query: { limit: 5, offset: 0, timeframe: '7d', from: '2024-01-01' } },
});
const total: number | undefined = history.data?.total;
const historyReason: Schemas['RefusalReason'] | undefined = history.error?.reason;
const scored = await client.GET('/api/v1/predictions/{symbol}/accuracy', {
  params: { path: { symbol: 'BTC' }, query: { days: 30, include_replays: true } },
});
const brier: number | null | undefined = scored.data?.brier;

// @ts-expect-error The symbol is required.
const forbidden: Schemas['PredictBody'] = { timeframe: '7d' };
// @ts-expect-error There is no such timeframe.
const unknown: Schemas['PredictBody'] = { symbol: 'BTC', timeframe: '1h' };

console.log(JSON.stringify({
  direction, confidence, target, warnings, range, measured, contribution, used, reasons, score, level, generatedAt, viewScore, accuracy, price, loaded,
  pastDay: past.data_as_of, riskItems: riskBatch.results.length, modelCount: models.length, total: total ?? null, historyReason: historyReason ?? null,
  brier: brier ?? null, scoredReason: scored.error?.reason ?? null, forbidden: forbidden.timeframe, unknown: unknown.symbol,
  inputs: [plain.inputs_digest, ensemble.inputs_digest, risk.inputs_digest], kernels: [plain.kernel, ensemble.kernel],
}));
