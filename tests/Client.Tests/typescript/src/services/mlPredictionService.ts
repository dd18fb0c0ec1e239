// The specification's backend service: its seven methods over axios, and its interceptor as the document has it.
import axios, { type AxiosInstance } from 'axios';

export interface PredictionResponse {
  symbol: string;
  timeframe: string;
  prediction: {
    direction: 'bullish' | 'bearish' | 'neutral';
    confidence: 'high' | 'medium' | 'low';
    confidenceScore: number;
    targetPrice: number;
    targetPriceRange: { low: number; high: number };
    currentPrice: number;
    potentialGain: number;
  };
  indicators: { rsi: number; macd: string; volumeTrend: string; socialSentiment: number };
  explanation: string;
  historical_accuracy: { last30Days: number | null; last90Days: number | null };
  generated_at: string;
  expires_at: string;
  model_version: string;
}

interface RiskFactor { value: number; score: number; risk: string }

export interface RiskScoreResponse {
  symbol: string;
  risk_score: number;
  risk_level: 'low' | 'medium' | 'high' | 'extreme';
  risk_factors: { volatility: RiskFactor; priceSwings: RiskFactor; volumeVolatility: RiskFactor; trendStrength: RiskFactor };
  warnings: string[];
  analyzed_at: string;
  cache_expires_at: string;
}

export interface ModelInfo {
  symbol: string;
  status: 'trained' | 'not_trained';
  model_version: string;
  last_trained: string | null;
  accuracy_7d: number | null;
  checkpoint_path: string | null;
}

// The document's interceptor names the symbol that was asked for, so each symbol has a client of its own.
class SymbolClient {
  readonly client: AxiosInstance;

  constructor(symbol: string) {
    this.client = axios.create({
      baseURL: process.env.ML_SERVICE_URL ?? 'http://localhost:8000',
      timeout: Number(process.env.ML_SERVICE_TIMEOUT ?? 30000),
    });
    // The document's lines begin here.
    this.client.interceptors.response.use(
      (response) => response,
      (error) => {
        if (error.response?.status === 404) {
          throw new Error(`Model not trained for ${symbol}`);
        } else if (error.response?.status === 400) {
          throw new Error(error.response.data?.detail || 'Invalid request');
        }
        throw new Error(`Failed to get prediction: ${error.message}`);
      }
    );
    // They end here.
  }
}

class MLPredictionService {
  async getPrediction(symbol: string, timeframe: string = '7d'): Promise<PredictionResponse> {
    return (await new SymbolClient(symbol).client.post('/predict', { symbol, timeframe })).data;
  }

  async getRiskScore(symbol: string): Promise<RiskScoreResponse> {
    return (await new SymbolClient(symbol).client.post('/risk-score', { symbol })).data;
  }

  async getModelInfo(symbol: string): Promise<ModelInfo> {
    return (await new SymbolClient(symbol).client.get(`/models/${symbol}`)).data;
  }

  getBatchPredictions(symbols: string[], timeframe: string = '7d'): Promise<PredictionResponse[]> {
    return Promise.all(symbols.map((symbol) => this.getPrediction(symbol, timeframe)));
  }

  getBatchRiskScores(symbols: string[]): Promise<RiskScoreResponse[]> {
    return Promise.all(symbols.map((symbol) => this.getRiskScore(symbol)));
  }

  async clearModelCache(symbol: string): Promise<void> {
    await new SymbolClient(symbol).client.delete(`/models/${symbol}/cache`);
  }

  async healthCheck(): Promise<boolean> {
    try {
      return (await new SymbolClient('').client.get('/health')).status === 200;
    } catch {
      return false;
    }
  }

  formatPredictionForAPI(prediction: PredictionResponse) {
    const { historical_accuracy, generated_at, expires_at, model_version, ...same } = prediction;
    return { ...same, historicalAccuracy: historical_accuracy, generatedAt: generated_at, expiresAt: expires_at, modelVersion: model_version };
  }
}

export const mlPredictionService = new MLPredictionService();
