using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Coinsphere.Messaging.Contracts.Tests.Json;

/// <summary>Answers have the specified document's names, types, order and number formats, and additive fields after them.</summary>
public class AnswerShapeTests
{
    private const string SpecifiedPrediction = """
        {
          "symbol": "BTC",
          "timeframe": "7d",
          "prediction": {
            "direction": "bullish",
            "confidence": "medium",
            "confidenceScore": 0.68,
            "targetPrice": 47500.00,
            "targetPriceRange": {
              "low": 45125.00,
              "high": 49875.00
            },
            "currentPrice": 45000.00,
            "potentialGain": 5.56
          },
          "indicators": {
            "rsi": 58.3,
            "macd": "bullish",
            "volumeTrend": "increasing",
            "socialSentiment": 0.72
          },
          "explanation": "BTC shows bullish momentum with 68% confidence. RSI at 58.3 (neutral). Volume trend is increasing. Monitor closely for confirmation.",
          "historical_accuracy": {
            "last30Days": 0.72,
            "last90Days": 0.68
          },
          "generated_at": "2025-10-12T14:30:00Z",
          "expires_at": "2025-10-12T14:35:00Z",
          "model_version": "v1.0.0"
        }
        """;

    private const string SpecifiedRisk = """
        {
          "symbol": "BTC",
          "risk_score": 42,
          "risk_level": "medium",
          "risk_factors": {
            "volatility": {
              "value": 0.0234,
              "score": 38,
              "risk": "medium"
            },
            "priceSwings": {
              "value": 0.0456,
              "score": 55,
              "risk": "medium"
            },
            "volumeVolatility": {
              "value": 0.0189,
              "score": 28,
              "risk": "low"
            },
            "trendStrength": {
              "value": 0.00012,
              "score": 45,
              "risk": "medium"
            }
          },
          "warnings": [
            "No major risk warnings"
          ],
          "analyzed_at": "2025-10-12T14:30:00Z",
          "cache_expires_at": "2025-10-12T16:30:00Z"
        }
        """;

    private const string SpecifiedModel = """
        {
          "symbol": "BTC",
          "status": "trained",
          "model_version": "v1.0.0",
          "last_trained": "2025-10-12T10:00:00Z",
          "accuracy_7d": 0.72,
          "checkpoint_path": "./models/checkpoints/BTC_best.pth"
        }
        """;

    private const string SpecifiedUntrainedModel = """
        {
          "symbol": "XYZ",
          "status": "not_trained",
          "model_version": "N/A",
          "last_trained": null,
          "accuracy_7d": null,
          "checkpoint_path": null
        }
        """;

    private const string Provenance =
        """{"prediction_id": "5f0c", "model_digest": "9f86", "data_as_of": "2025-10-11", "data_source": "postgres", "sentiment_source": "neutral"}""";

    private const string Probabilities = """{"bearish": 0.000012, "neutral": 0.319988, "bullish": 0.68}""";

    private const string Interval = """{"level": 0.9, "low": 40123.50, "high": 51200.00}""";

    [Fact]
    public void Prediction_IsTheSpecifiedDocument() => AssertSameText(Prediction(SpecifiedPrediction), ContractsJson.Body.PredictionAnswer);

    [Fact]
    public void PredictionWithNothingMeasured_WritesItsNulls() => AssertSameText(
        Prediction(SpecifiedPrediction.Replace("0.72,\n    \"last90Days\": 0.68", "null,\n    \"last90Days\": null", StringComparison.Ordinal)),
        ContractsJson.Body.PredictionAnswer);

    [Fact]
    public void MeasuredPrediction_SaysWhatToCompareItsRatesWith()
    {
        var document = Prediction(SpecifiedPrediction);
        document["historical_accuracy"] = JsonNode.Parse("""
            {"last30Days": 0.72, "last90Days": null, "replayed": true, "baseRate30Days": 0.4, "baseRate90Days": 0.38, "independent30Days": 4.29,
            "independent90Days": 12.86}
            """);
        AssertSameText(document, ContractsJson.Body.PredictionAnswer);
    }

    [Fact]
    public void ExplainedPredictionOfAReplayedModel_SaysSo()
    {
        var document = Prediction(SpecifiedPrediction);
        document["historical_accuracy"]!["replayed"] = true;
        // After what is written only where it was asked for.
        document.Remove("warnings");
        document["contributions"] = JsonNode.Parse("""
            {"method": "shapley", "direction": "bullish", "baseline": 0.4, "probability": 0.68, "features": [{"feature": "rsi", "contribution": 0.29},
            {"feature": "volume", "contribution": -0.01}]}
            """);
        document["warnings"] = new JsonArray();
        AssertSameText(document, ContractsJson.Body.PredictionAnswer);
    }

    [Fact]
    public void AnswersOfAServiceWithoutWarnings_HaveNone()
    {
        var prediction = Prediction(SpecifiedPrediction);
        prediction.Remove("warnings");
        Assert.Empty(JsonSerializer.Deserialize(prediction, ContractsJson.Body.PredictionAnswer)!.Warnings);
        Assert.Empty(JsonSerializer.Deserialize<PredictionAnswer>(prediction)!.Warnings);
        prediction["warnings"] = null;
        Assert.Empty(JsonSerializer.Deserialize(prediction, ContractsJson.Body.PredictionAnswer)!.Warnings);

        var risk = With(SpecifiedRisk, """{"data_as_of": "2025-10-11", "data_source": "csv"}""");
        Assert.Empty(JsonSerializer.Deserialize(risk, ContractsJson.Body.RiskAnswer)!.DataWarnings);
        Assert.Empty(JsonSerializer.Deserialize<RiskAnswer>(risk)!.DataWarnings);
    }

    [Fact]
    public void History_IsTheSpecifiedDocument() => AssertSameText(
        JsonNode.Parse("""
            {"symbol": "BTC", "history": [
                {"id": "5f0c", "symbol": "BTC", "timeframe": "7d", "direction": "bullish", "predictedPrice": 47500.00, "priceAtPrediction": 45000.00,
                "confidence": 0.68,
                "actualPrice": 46125.00, "wasCorrect": true, "accuracyScore": 97.02, "priceError": 1375.00, "createdAt": "2025-10-12T14:30:00Z",
                "targetDate": "2025-10-18"},
                {"id": "5f0d", "symbol": "BTC", "timeframe": "30d", "direction": null, "predictedPrice": 0.00001234, "priceAtPrediction": null,
                "confidence": 0.5,
                "actualPrice": null, "wasCorrect": null, "accuracyScore": null, "priceError": null, "createdAt": "2025-10-12T14:30:00Z", "targetDate": null}
            ], "total": 412}
            """)!.AsObject(),
        ContractsJson.Body.PredictionHistory);

    [Fact]
    public void Accuracy_IsTheSpecifiedDocumentWithBaselines() => AssertSameText(
        With(
            """
            {"symbol": "BTC", "period": "last 30 days", "totalPredictions": 9, "correctPredictions": 6, "accuracy": 66.67, "averageAccuracyScore": 95.71,
            "averagePriceError": 1820.50,
            "byTimeframe": {"7d": {"total": 9, "correct": 6, "accuracy": 66.67}}, "byDirection": {"bullish": {"total": 9, "correct": 6, "accuracy": 66.67}}}
            """,
            """{"forecasts": 9, "brier": 0.6391, "baseRateBrier": 0.6423, "baseRateAccuracy": 44.44}"""),
        ContractsJson.Body.PredictionAccuracy);

    [Fact]
    public void RiskWithAForecast_IsTheSpecifiedDocumentAndMore()
    {
        var document = With(
            SpecifiedRisk, """
            {"data_as_of": "2025-10-11", "data_source": "csv", "inputs_digest": "60303a", "data_warnings": [],
            "forecast": {"volatility_7d": 0.064632, "volatility_30d": 0.150494, "value_at_risk_95_7d": 0.111393, "expected_shortfall_95_7d": 0.168667,
            "expected_drawdown_30d": 0.135491, "percentile_all_symbols": 3.9, "percentile_own_year": 69.9}, "volatility_digest": "4e4eb5",
            "portfolio": {"value_at_risk_95_7d": 0.000012, "expected_shortfall_95_7d": 0.042167}}
            """);
        AssertSameText(document, ContractsJson.Body.RiskAnswer);
        document["forecast"]!.AsObject().Remove("percentile_own_year");
        document.Remove("portfolio");
        AssertSameText(document, ContractsJson.Body.RiskAnswer);
    }

    [Fact]
    public void PortfolioRisk_IsTheSettledDocument() => AssertSameText(
        JsonNode.Parse("""
            {"holdings": [{"symbol": "BTC", "weight": 0.6, "risk_score": 14, "risk_contribution": 0.608233},
            {"symbol": "ETH", "weight": 0.4, "risk_score": 13, "risk_contribution": -0.000012}], "volatility_7d": 0.061423, "volatility_30d": 0.144779,
            "value_at_risk_95_7d": 0.107486, "expected_shortfall_95_7d": 0.162942, "diversification_ratio": 1.0581, "common_days": 365,
            "analyzed_at": "2025-10-12T14:30:00Z", "cache_expires_at": "2025-10-12T14:30:00Z", "data_as_of": "2025-10-11", "data_source": "csv",
            "inputs_digest": "1534ce", "volatility_digest": "4e4eb5", "data_warnings": ["ETH: ..."]}
            """)!.AsObject(),
        ContractsJson.Body.PortfolioRiskAnswer);

    [Fact]
    public void Risk_IsTheSpecifiedDocument() => AssertSameText(
        With(
            SpecifiedRisk,
            """{"data_as_of": "2025-10-11", "data_source": "csv", "inputs_digest": "1f2e","""
            + """ "data_warnings": ["prices are 3 days old: the last bar is of 2025-10-11"]}"""),
        ContractsJson.Body.RiskAnswer);

    [Fact]
    public void TrainedModel_IsTheSpecifiedDocument() =>
        AssertSameText(
            With(
                SpecifiedModel,
                """{"model_digest": "9f86", "error": null, "pooled": false, "newest_bar": "2025-10-11", "newest_bar_age_days": 0, "last_training": null}"""),
            ContractsJson.Body.ModelInfo);

    [Fact]
    public void UntrainedModel_IsTheSpecifiedDocument() => AssertSameText(
        With(
            SpecifiedUntrainedModel,
            """{"model_digest": null, "error": "XYZ_best.pth is no checkpoint", "pooled": false,"""
            + """ "newest_bar": null, "newest_bar_age_days": null, "last_training": null}"""),
        ContractsJson.Body.ModelInfo);

    [Theory]
    [InlineData("""{"method": "single_model", "models_used": 1, "model_names": ["BTC_best"], "weights": [1], "individual_confidences": [0.68],"""
        + """ "combined_probabilities": [0.12, 0.2, 0.68]}""")]
    [InlineData("""{"method": "weighted_average", "models_used": 2, "model_names": ["BTC_best", "BTC_v1"], "weights": [0.52, 0.48],"""
        + """ "individual_confidences": [0.7, 0.66], "combined_probabilities": [0.12, 0.2, 0.68]}""")]
    [InlineData("""{"method": "majority_voting", "models_used": 2, "model_names": ["BTC_best", "BTC_v1"], "weights": [0.5, 0.5], "individual_confidences": """
        + """[0.7, 0.66], "combined_probabilities": [0.000012, 0.319988, 0.68], "vote_counts": {"bullish": 2}, "vote_ratio": 1, "individual_directions": """
        + """["bullish", "bullish"]}""")]
    [InlineData("""{"method": "max_confidence", "models_used": 2, "model_names": ["BTC_best", "BTC_v1"], "weights": [1, 0], "individual_confidences": """
        + """[0.7, 0.66], "combined_probabilities": [0.12, 0.18, 0.7], "selected_model": "BTC_best", "selected_confidence": 0.7, "all_confidences": [0.7, """
        + """0.66]}""")]
    public void Ensemble_IsAPredictionWithoutHistoryAndWithItsMembers(string metadata)
    {
        var prediction = Prediction(SpecifiedPrediction);
        foreach (var name in new[] { "historical_accuracy", "inputs_digest", "kernel", "warnings" })
        {
            prediction.Remove(name);
        }

        var additive = $$"""{"ensemble_metadata": {{metadata}}, "inputs_digest": "1f2e", "kernel": "vector512", "warnings": []}""";
        AssertSameText(With(prediction.ToJsonString(), additive), ContractsJson.Body.EnsembleAnswer);
    }

    [Fact]
    public void ExpectedVolatilityAndQuantiles_AreMoreFieldsOfAPrediction()
    {
        var prediction = Prediction(SpecifiedPrediction);
        var prices = prediction["prediction"]!.AsObject();
        prices["expected_volatility"] = 0.076835;
        prices["quantiles"] = JsonNode.Parse("""[{"q": 0.05, "price": 40123.50}, {"q": 0.5, "price": 45000.00}, {"q": 0.95, "price": 0.00001234}]""");
        prediction["volatility_digest"] = "4e4e";

        AssertSameText(prediction, ContractsJson.Body.PredictionAnswer);
    }

    [Fact]
    public void LatestPrices_AreBySymbol() => AssertSameText(
        With(
            """{"prices": {"BTC": {"price": 45000.00, "time": "2025-10-12T00:00:00Z"}, "SHIB": {"price": 0.00001234, "time": "2025-10-12T00:00:00Z"}}}""",
            """{"data_source": "csv"}"""),
        ContractsJson.Body.LatestPricesAnswer);

    [Fact]
    public void PriceBars_AreByDay() => AssertSameText(
        With(
            """{"symbol": "SHIB", "bars": [{"day": "2024-06-30", "open": 45000.00, "high": 45100.50, "low": 44000.00, "close": 0.00001234, "volume": 28.5}]}""",
            """{"data_source": "csv"}"""),
        ContractsJson.Body.PriceBars);

    private static JsonObject Prediction(string specified)
    {
        var document = With(specified, Provenance);
        document["prediction"]!.AsObject()["probabilities"] = JsonNode.Parse(Probabilities);
        document["inputs_digest"] = "1f2e";
        document["kernel"] = "vector512";
        document["prediction"]!.AsObject()["interval"] = JsonNode.Parse(Interval);
        document["warnings"] = new JsonArray("prices are 3 days old: the last bar is of 2025-10-11");
        return document;
    }

    private static JsonObject With(string specified, string additive)
    {
        var document = JsonNode.Parse(specified)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(additive)!.AsObject())
        {
            document.Add(name, value?.DeepClone());
        }

        return document;
    }

    // Read, then written by the generated serializer: text for text what was read, and equal JSON from any serializer.
    private static void AssertSameText<T>(JsonObject document, JsonTypeInfo<T> type)
    {
        var expected = document.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        var answer = JsonSerializer.Deserialize(expected, type)!;
        Assert.Equal(expected, JsonSerializer.Serialize(answer, type));
        Assert.True(JsonNode.DeepEquals(document, JsonSerializer.SerializeToNode(answer)), JsonSerializer.Serialize(answer));
    }
}
