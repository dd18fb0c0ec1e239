using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.OpenApi;

/// <summary>Requests and answers that the OpenAPI document shows. Tests hold them to the contracts' names and types.</summary>
internal static class Examples
{
    public const string PredictRequest = """{"symbol":"BTC","timeframe":"7d"}""";

    public const string EnsembleRequest = """{"symbol":"BTC","timeframe":"7d","ensemble_method":"weighted_average","min_confidence":0.3}""";

    public const string PredictBatchRequest = """{"symbols":["BTC","NOPE"],"timeframe":"7d"}""";

    public const string RiskRequest = """{"symbol":"BTC"}""";

    public const string RiskBatchRequest = """{"symbols":["BTC","NOPE"]}""";

    public const string Prediction = $$"""
        {
          "symbol": "BTC",
          "timeframe": "7d",
          {{PredictionParts}},
          "historical_accuracy": {"last30Days": 0.4667, "last90Days": 0.4222},
          "generated_at": "2025-10-12T14:30:00Z",
          "expires_at": "2025-10-12T14:35:00Z",
          "model_version": "v1.0.0",
          {{Provenance}},
          "inputs_digest": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
          "kernel": "vector512.2",
          "warnings": []
        }
        """;

    public const string PredictionCamelCase = $$"""
        {
          "symbol": "BTC",
          "timeframe": "7d",
          {{PredictionParts}},
          "historicalAccuracy": {"last30Days": 0.4667, "last90Days": 0.4222},
          "generatedAt": "2025-10-12T14:30:00Z",
          "expiresAt": "2025-10-12T14:35:00Z",
          "modelVersion": "v1.0.0",
          "predictionId": "5f0c2d9b7a6e4c1f8d3b2a1908f7e6d5",
          "modelDigest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
          "dataAsOf": "2025-10-11",
          "dataSource": "postgres",
          "sentimentSource": "neutral",
          "inputsDigest": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
          "kernel": "vector512.2",
          "warnings": []
        }
        """;

    public const string Ensemble = $$"""
        {
          "symbol": "BTC",
          "timeframe": "7d",
          {{PredictionParts}},
          "generated_at": "2025-10-12T14:30:00Z",
          "expires_at": "2025-10-12T14:35:00Z",
          "model_version": "ensemble-v1.0.0",
          {{Provenance}},
          "ensemble_metadata": {
            "method": "weighted_average",
            "models_used": 2,
            "model_names": ["BTC_best", "BTC_v1"],
            "weights": [0.52, 0.48],
            "individual_confidences": [0.7, 0.66],
            "combined_probabilities": [0.12, 0.2, 0.68]
          },
          "warnings": []
        }
        """;

    public const string PredictBatch = $$"""
        {"results": [{"symbol": "BTC", "answer": {{Prediction}}}, {{NoSuchSymbol}}]}
        """;

    public const string Risk = """
        {
          "symbol": "BTC",
          "risk_score": 37,
          "risk_level": "medium",
          "risk_factors": {
            "volatility": {"value": 0.1934, "score": 38, "risk": "medium"},
            "priceSwings": {"value": 0.3691, "score": 55, "risk": "medium"},
            "volumeVolatility": {"value": 0.2812, "score": 28, "risk": "low"},
            "trendStrength": {"value": 0.00012, "score": 0, "risk": "low"}
          },
          "warnings": ["No major risk warnings"],
          "analyzed_at": "2025-10-12T14:30:00Z",
          "cache_expires_at": "2025-10-12T16:30:00Z",
          "data_as_of": "2025-10-11",
          "data_source": "postgres",
          "data_warnings": []
        }
        """;

    public const string RiskCamelCase = """
        {
          "symbol": "BTC",
          "riskScore": 37,
          "riskLevel": "medium",
          "riskFactors": {
            "volatility": {"value": 0.1934, "score": 38, "risk": "medium"},
            "priceSwings": {"value": 0.3691, "score": 55, "risk": "medium"},
            "volumeVolatility": {"value": 0.2812, "score": 28, "risk": "low"},
            "trendStrength": {"value": 0.00012, "score": 0, "risk": "low"}
          },
          "warnings": ["No major risk warnings"],
          "analyzedAt": "2025-10-12T14:30:00Z",
          "cacheExpiresAt": "2025-10-12T16:30:00Z",
          "dataAsOf": "2025-10-11",
          "dataSource": "postgres",
          "dataWarnings": []
        }
        """;

    public const string RiskBatch = $$"""
        {"results": [{"symbol": "BTC", "answer": {{Risk}}}, {{NoSuchSymbol}}]}
        """;

    public const string Model = """
        {
          "symbol": "BTC",
          "status": "trained",
          "model_version": "v1.0.0",
          "last_trained": "2025-10-12T10:00:00Z",
          "accuracy_7d": 0.45,
          "checkpoint_path": "./models/checkpoints/BTC_best.pth",
          "model_digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
          "error": null
        }
        """;

    public const string Models = $$"""{"models": [{{Model}}]}""";

    public const string CacheCleared = """{"message":"Cache cleared for BTC","symbol":"BTC","timestamp":"2025-10-12T14:30:00Z"}""";

    public const string Prices = """{"prices":{"BTC":{"price":45000.00,"time":"2025-10-12T00:00:00Z"}},"data_source":"postgres"}""";

    public const string History = """
        {
          "symbol": "BTC",
          "history": [
            {"id":"5f0c2d9b7a6e4c1f8d3b2a1908f7e6d5","symbol":"BTC","timeframe":"7d","direction":"bullish","predictedPrice":47500.00,"priceAtPrediction":45000.00,"confidence":0.68,
             "actualPrice":46125.00,"wasCorrect":true,"accuracyScore":97.02,"priceError":1375.00,"createdAt":"2025-10-12T14:30:00Z","targetDate":"2025-10-18"}
          ],
          "total": 412
        }
        """;

    public const string Accuracy = """
        {
          "symbol": "BTC",
          "period": "last 30 days",
          "totalPredictions": 9,
          "correctPredictions": 4,
          "accuracy": 44.44,
          "averageAccuracyScore": 95.71,
          "averagePriceError": 1820.50,
          "byTimeframe": {"7d": {"total": 9, "correct": 4, "accuracy": 44.44}},
          "byDirection": {"bullish": {"total": 9, "correct": 4, "accuracy": 44.44}},
          "forecasts": 9,
          "brier": 0.6391,
          "baseRateBrier": 0.6423,
          "baseRateAccuracy": 44.44
        }
        """;

    public const string Health = """
        {"status":"healthy","timestamp":"2025-10-12T14:30:00Z","pytorch_available":false,"device":"cpu","models_loaded":3,"supported_symbols":["BTC","ETH","SOL"],"redis_connected":true}
        """;

    public const string Live = """{"status":"alive"}""";

    public const string Ready = """{"status":"ready","reasons":[],"notes":[]}""";

    /// <summary>A detail as the service gives it with a reason.</summary>
    public static string Detail(RefusalReason reason) => reason switch
    {
        RefusalReason.InvalidRequest => "symbol must be a text (line 1, byte 12 of the body)",
        RefusalReason.UnsupportedSymbol => "NOPE is not supported: expected one of BTC, ETH, SOL",
        RefusalReason.UnsupportedTimeframe => "timeframe must be one of 7d, 14d, 30d, found '1h'",
        RefusalReason.InvalidAsOf => "asOf must be a UTC date of the form YYYY-MM-DD, found '30.06.2024'",
        RefusalReason.InsufficientHistory => "BTC has 60 daily bars up to 2024-06-30: a window of 90 needs 114",
        RefusalReason.ModelNotTrained => "no model is trained for XRP",
        RefusalReason.CheckpointRejected => "BTC_best.pth: data.pkl: global 'posix.system', expected one that checkpoints use",
        RefusalReason.StalePrices => "the newest bar of BTC up to 2025-10-12 is of 2025-10-01: expected one that closed at most 2 days earlier",
        RefusalReason.NoPrices => "there are no prices of BTC",
        RefusalReason.PricesUnavailable => "the price source does not answer; try again shortly",
        RefusalReason.PricesRejected => "BTC.csv line 14, column close: found '-1', expected a positive number (1e-15 to 1e15)",
        RefusalReason.Overloaded => "more requests are waiting than the service takes on; try again shortly",
        RefusalReason.RecordsUnavailable => "this service keeps no predictions: it has no database",
        RefusalReason.CacheUnavailable => "BTC is not cleared everywhere yet, because the result cache is away; try again shortly",
        RefusalReason.BrokerUnavailable => "the message broker is away; try again shortly",
        RefusalReason.DeadlineExceeded => "no answer by the request's deadline",
        RefusalReason.RequestTooLarge => "the body is larger than 65536 bytes",
        _ => "the service failed on this request; its log has the cause under this request_id",
    };

    private const string PredictionParts = """
        "prediction": {
            "direction": "bullish",
            "confidence": "medium",
            "confidenceScore": 0.68,
            "targetPrice": 47500.00,
            "targetPriceRange": {"low": 45125.00, "high": 49875.00},
            "currentPrice": 45000.00,
            "potentialGain": 5.56,
            "probabilities": {"bearish": 0.12, "neutral": 0.2, "bullish": 0.68},
            "interval": {"level": 0.9, "low": 39120.55, "high": 51764.3}
          },
          "indicators": {"rsi": 58.3, "macd": "bullish", "volumeTrend": "increasing", "socialSentiment": 0.72},
          "explanation": "BTC shows bullish momentum with 68% confidence. RSI at 58.3 (neutral). Volume trend is increasing. Monitor closely for confirmation."
        """;

    private const string Provenance = """
        "prediction_id": "5f0c2d9b7a6e4c1f8d3b2a1908f7e6d5",
          "model_digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
          "data_as_of": "2025-10-11",
          "data_source": "postgres",
          "sentiment_source": "neutral"
        """;

    private const string NoSuchSymbol = """{"symbol": "NOPE", "refusal": {"reason": "unsupported_symbol", "detail": "NOPE is not supported: expected one of BTC, ETH, SOL"}}""";
}
