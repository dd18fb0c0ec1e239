import { mlPredictionService } from './services/mlPredictionService';
// Get single prediction
const prediction = await mlPredictionService.getPrediction('BTC', '7d');
console.log(`BTC ${prediction.prediction.direction} (${prediction.prediction.confidenceScore})`);
// Batch predictions (parallel)
const symbols = ['BTC', 'ETH', 'SOL'];
const predictions = await mlPredictionService.getBatchPredictions(symbols, '7d');
// Risk scoring
const riskScore = await mlPredictionService.getRiskScore('BTC');
console.log(`Risk: ${riskScore.risk_score}/100 (${riskScore.risk_level})`);
// The document's lines end here.
export { predictions };
