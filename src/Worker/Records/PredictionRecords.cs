using System.Text.Json;
using System.Text.Json.Nodes;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Database;
using Npgsql;
using static Coinsphere.Messaging.Worker.Records.SqlLiteral;

namespace Coinsphere.Messaging.Worker.Records;

/// <summary>
/// Predictions in <c>predictions</c>. The row's id is the prediction id, so the first of equal predictions is kept, and others,
/// computed later from the same inputs, change nothing. Its outcome columns stay empty until the outcome is known.
/// </summary>
internal sealed class PredictionRecords(NpgsqlDataSource database, Tokens tokens)
{
    private const string ModelType = "lstm";

    private const string InsertSql = """
        insert into predictions (id, token_id, timeframe, predicted_price, confidence, model_version, features, created_at, expires_at, direction,
            price_at_prediction, target_price_range, confidence_score, model_type, ensemble_method, target_date)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, null, $15)
        on conflict do nothing
        """;

    /// <returns>Whether the prediction is a new one.</returns>
    public async Task<bool> AddAsync(PredictionAnswer answer, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var token = await tokens.FindOrAddAsync(connection, answer.Symbol, cancellationToken);
        var prediction = answer.Prediction;
        var targetDate = answer.DataAsOf.AddDays(Timeframes.Days(answer.Timeframe));
        await using var command = new NpgsqlCommand(InsertSql, connection);
        foreach (var value in (ReadOnlySpan<string>)
        [
            answer.PredictionId, token, answer.Timeframe, Text(prediction.TargetPrice), Text(prediction.ConfidenceScore), answer.ModelVersion, Features(answer),
            Text(answer.GeneratedAt), Text(answer.ExpiresAt), prediction.Direction, Text(prediction.CurrentPrice),
            JsonSerializer.Serialize(prediction.TargetPriceRange, ContractsJson.Body.PriceRange), Text(prediction.ConfidenceScore), ModelType,
            Text(targetDate),
        ])
        {
            command.Parameters.Add(Parameter(value));
        }

        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>What made the prediction, and what it saw.</summary>
    private static string Features(PredictionAnswer answer) => new JsonObject
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
    }.ToJsonString();
}
