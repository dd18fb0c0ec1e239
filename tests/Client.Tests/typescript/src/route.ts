import express from 'express';

export const server = express();
const app: { get(path: string, handler: (req: any, res: any) => unknown): unknown } = server;

// The document's lines begin here.
// In backend route handler
import { mlPredictionService } from './services/mlPredictionService';

app.get('/api/v1/predictions/:symbol', async (req, res) => {
  const { symbol } = req.params;
  const { timeframe = '7d' } = req.query;

  try {
    const prediction = await mlPredictionService.getPrediction(symbol, timeframe);
    const formatted = mlPredictionService.formatPredictionForAPI(prediction);
    res.json(formatted);
  } catch (error) {
    res.status(500).json({ error: error.message });
  }
});
