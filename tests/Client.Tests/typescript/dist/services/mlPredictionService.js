// The specification's backend service: its seven methods over axios, and its interceptor as the document has it.
import axios from 'axios';
// The document's interceptor names the symbol that was asked for, so each symbol has a client of its own.
class SymbolClient {
    client;
    constructor(symbol) {
        this.client = axios.create({
            baseURL: process.env.ML_SERVICE_URL ?? 'http://localhost:8000',
            timeout: Number(process.env.ML_SERVICE_TIMEOUT ?? 30000),
        });
        // The document's lines begin here.
        this.client.interceptors.response.use((response) => response, (error) => {
            if (error.response?.status === 404) {
                throw new Error(`Model not trained for ${symbol}`);
            }
            else if (error.response?.status === 400) {
                throw new Error(error.response.data?.detail || 'Invalid request');
            }
            throw new Error(`Failed to get prediction: ${error.message}`);
        });
        // They end here.
    }
}
class MLPredictionService {
    async getPrediction(symbol, timeframe = '7d') {
        return (await new SymbolClient(symbol).client.post('/predict', { symbol, timeframe })).data;
    }
    async getRiskScore(symbol) {
        return (await new SymbolClient(symbol).client.post('/risk-score', { symbol })).data;
    }
    async getModelInfo(symbol) {
        return (await new SymbolClient(symbol).client.get(`/models/${symbol}`)).data;
    }
    getBatchPredictions(symbols, timeframe = '7d') {
        return Promise.all(symbols.map((symbol) => this.getPrediction(symbol, timeframe)));
    }
    getBatchRiskScores(symbols) {
        return Promise.all(symbols.map((symbol) => this.getRiskScore(symbol)));
    }
    async clearModelCache(symbol) {
        await new SymbolClient(symbol).client.delete(`/models/${symbol}/cache`);
    }
    async healthCheck() {
        try {
            return (await new SymbolClient('').client.get('/health')).status === 200;
        }
        catch {
            return false;
        }
    }
    formatPredictionForAPI(prediction) {
        const { historical_accuracy, generated_at, expires_at, model_version, ...same } = prediction;
        return { ...same, historicalAccuracy: historical_accuracy, generatedAt: generated_at, expiresAt: expires_at, modelVersion: model_version };
    }
}
export const mlPredictionService = new MLPredictionService();
