// Runs the document's snippets and every method of its service against ML_SERVICE_URL; the last line is what came of it, as JSON.
import axios from 'axios';
import { server } from './route';
import { mlPredictionService } from './services/mlPredictionService';
import { predictions } from './usage';
const failure = (call) => call.then(() => null, (error) => error.message);
const backend = server.listen(0, '127.0.0.1');
await new Promise((listening) => backend.once('listening', listening));
const url = `http://127.0.0.1:${backend.address().port}/api/v1/predictions`;
const report = {
    prediction: await mlPredictionService.getPrediction('BTC', '14d'),
    risk: await mlPredictionService.getRiskScore('BTC'),
    model: await mlPredictionService.getModelInfo('BTC'),
    untrained: await mlPredictionService.getModelInfo('BNB'),
    snippetBatch: predictions.map(({ symbol }) => symbol),
    riskBatch: (await mlPredictionService.getBatchRiskScores(['SOL', 'BTC'])).map(({ symbol }) => symbol),
    cleared: (await mlPredictionService.clearModelCache('BTC')) === undefined,
    healthy: await mlPredictionService.healthCheck(),
    notTrained: await failure(mlPredictionService.getPrediction('BNB')),
    wrongTimeframe: await failure(mlPredictionService.getPrediction('BTC', '1h')),
    wrongSymbol: await failure(mlPredictionService.getRiskScore('no symbol')),
    malformed: await failure(mlPredictionService.getPrediction(7)),
    route: (await axios.get(`${url}/BTC?timeframe=30d`)).data,
    routeFailure: (await axios.get(`${url}/BTC?timeframe=1h`, { validateStatus: () => true })).data,
};
backend.close();
console.log(JSON.stringify(report));
