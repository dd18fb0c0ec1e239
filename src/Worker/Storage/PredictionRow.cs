using System.Text.Json;
using System.Text.Json.Nodes;
using Coinsphere.Messaging.Contracts;
using static Coinsphere.Messaging.Worker.Storage.SqlLiteral;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>A row of <c>predictions</c>, the same in PostgreSQL and in SQLite.</summary>
/// <param name="Symbol">The symbol, whose row of <c>tokens</c> is the last value of the statement.</param>
/// <param name="Values">The other values of the statement, in its order.</param>
internal sealed record PredictionRow(string Symbol, string[] Values)
{
    /// <summary>The first of equal predictions stays.</summary>
    public const string InsertSql = """
        insert into predictions (id, timeframe, predicted_price, confidence, model_version, features, created_at, expires_at, direction,
            price_at_prediction, target_price_range, confidence_score, model_type, target_date, token_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        on conflict do nothing
        """;

    private const string ModelType = "lstm";

    /// <summary>Whether the row is new, after the commit.</summary>
    public TaskCompletionSource<bool> IsNew { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="ArgumentException">The prediction lacks a value.</exception>
    public static PredictionRow Of(PredictionAnswer answer) => new(answer.Symbol, ValuesOf(answer));

    // In the order of the statement's columns, without the token.
    private static string[] ValuesOf(PredictionAnswer answer)
    {
        var prediction = answer.Prediction;
        string[] values =
        [
            answer.PredictionId, answer.Timeframe, Text(prediction.TargetPrice), Text(prediction.ConfidenceScore), answer.ModelVersion, Features(answer),
            Text(answer.GeneratedAt), Text(answer.ExpiresAt), prediction.Direction, Text(prediction.CurrentPrice),
            JsonSerializer.Serialize(prediction.TargetPriceRange, ContractsJson.Body.PriceRange), Text(prediction.ConfidenceScore), ModelType,
            Text(answer.DataAsOf.AddDays(Timeframes.Days(answer.Timeframe))),
        ];
        // The publisher may be another program, which left values out.
        return answer.Symbol is not null && values.All(value => value is not null)
            ? values
            : throw new ArgumentException(
                $"The prediction '{answer.PredictionId}' lacks a value, expected symbol, timeframe, direction and model version.",
                nameof(answer));
    }

    /// <summary>The inputs of the prediction, as JSON.</summary>
    private static string Features(PredictionAnswer answer)
    {
        var features = new JsonObject
        {
            ["prediction_id"] = answer.PredictionId,
            ["model_digest"] = answer.ModelDigest,
            ["data_as_of"] = Text(answer.DataAsOf),
            ["data_source"] = answer.DataSource,
            ["sentiment_source"] = answer.SentimentSource,
            ["inputs_digest"] = answer.InputsDigest,
            ["kernel"] = answer.Kernel,
            ["probabilities"] = JsonSerializer.SerializeToNode(answer.Prediction.Probabilities, ContractsJson.Body.ClassProbabilities),
            ["indicators"] = JsonSerializer.SerializeToNode(answer.Indicators, ContractsJson.Body.Indicators),
        };
        // The publisher may be an older program, which knows no volatility.
        if (answer.VolatilityDigest is { } digest)
        {
            features["volatility_digest"] = digest;
            features["expected_volatility"] = answer.Prediction.ExpectedVolatility;
            features["interval"] = answer.Prediction.Interval is { } interval
                ? JsonSerializer.SerializeToNode(interval, ContractsJson.Body.PriceInterval)
                : null;
        }

        return features.ToJsonString();
    }
}
