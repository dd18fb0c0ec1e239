using System.Data.Common;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using static Coinsphere.Messaging.Worker.Storage.SqlLiteral;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>
/// Writes the outcomes of recorded predictions: the close on the target date, whether the direction was right, and the error of the price. Rows of
/// the original system are not scored here.
/// </summary>
internal sealed partial class PredictionOutcomes(
    IPriceSource prices,
    SeriesChecks checks,
    SymbolCatalog catalog,
    TimeProvider time,
    ILogger<PredictionOutcomes> logger)
{
    private const int BatchSize = 500;

    // Ids are texts, or UUIDs in the original system's table. Compared as text they have one order, which paging needs.
    private const string DueSql = """
        select cast(predictions.id as text) as Id, upper(tokens.symbol) as Symbol, predictions.timeframe as Timeframe, predictions.direction as Direction,
            cast(predictions.predicted_price as double precision) as PredictedPrice, predictions.features ->> 'data_as_of' as DataAsOf
        from predictions join tokens on tokens.id = predictions.token_id
        where predictions.outcome_calculated_at is null and predictions.target_date < @today
            and predictions.features ->> 'prediction_id' = replace(cast(predictions.id as text), '-', '') and cast(predictions.id as text) > @after
        order by cast(predictions.id as text)
        limit @BatchSize
        """;

    // A second worker that scores the same row changes nothing. A boolean may be written as 1 or 0 in both engines.
    private const string ScoreSql = """
        update predictions set actual_price = @to, outcome_calculated_at = @now, was_correct = @isRight, accuracy_score = @accuracy, price_error = @error
        where id = @id and outcome_calculated_at is null
        """;

    /// <summary>Scores all predictions whose target date's bar has closed.</summary>
    /// <returns>How many were scored, and how many lack a bar.</returns>
    public async Task<(int Scored, int Missing)> ScoreAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var (scored, missing, last) = (0, 0, "");
        while (true)
        {
            var due = await DueAsync(connection, last, cancellationToken);
            foreach (var bySymbol in due.GroupBy(prediction => prediction.Symbol, StringComparer.Ordinal))
            {
                var closes = await ClosesAsync(bySymbol.Key, [.. bySymbol], cancellationToken);
                foreach (var prediction in bySymbol)
                {
                    if (closes?.CloseOf(prediction.LastDay) is { } from && closes.CloseOf(prediction.TargetDay) is { } to)
                    {
                        scored += await WriteAsync(connection, prediction, from, to, cancellationToken);
                    }
                    else
                    {
                        missing++;
                    }
                }
            }

            if (due.Count < BatchSize)
            {
                return (scored, missing);
            }

            last = due[^1].Id;
        }
    }

    private async Task<List<Due>> DueAsync(DbConnection connection, string after, CancellationToken cancellationToken)
    {
        // A bar is closed once its day is over.
        var today = time.LastClosedDay().AddDays(1);
        var due = new CommandDefinition(DueSql, new { today = Of(Text(today)), after, BatchSize }, cancellationToken: cancellationToken);
        return (await connection.QueryAsync<Due>(due)).AsList();
    }

    private async Task<Outcomes?> ClosesAsync(string name, IReadOnlyList<Due> predictions, CancellationToken cancellationToken)
    {
        var first = predictions.Min(prediction => prediction.LastDay);
        var last = predictions.Max(prediction => prediction.TargetDay);
        try
        {
            if (!catalog.TryNormalise(name, out var symbol)
                || await prices.ReadAsync(symbol, last, last.DayNumber - first.DayNumber + 1, cancellationToken) is not { } series)
            {
                return null;
            }

            // After a change of unit the price cannot be compared with the prediction.
            if (checks.Jump(series) is not { } jump)
            {
                return new Outcomes(series);
            }

            LogFaulty(name, jump);
            return null;
        }
        catch (InvalidMarketDataException fault)
        {
            LogFaulty(name, fault.Message);
            return null;
        }
    }

    private async Task<int> WriteAsync(DbConnection connection, Due prediction, double from, double to, CancellationToken cancellationToken)
    {
        var error = Math.Abs(prediction.PredictedPrice - to);
        var command = new CommandDefinition(ScoreSql, new
        {
            id = Of(prediction.Id),
            to = Of(Text(Rounding.Price(to))),
            now = Of(Text(time.GetUtcNow())),
            isRight = Of(Outcome.Of(from, to).Name() == prediction.Direction ? "1" : "0"),
            accuracy = Of(Text(Math.Max(0, Rounding.Decimals(100 * (1 - (error / to)), 2)))),
            error = Of(Text(Rounding.Price(error))),
        }, cancellationToken: cancellationToken);
        try
        {
            return await connection.ExecuteAsync(command);
        }
        catch (PostgresException fault) when (DatabaseFaults.IsRefusal(fault))
        {
            // A row that the table rejects must not block the rows after it.
            LogFaulty(prediction.Symbol, $"prediction {prediction.Id}: {fault.MessageText}");
            return 0;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Predictions of {Symbol} could not be scored: {Fault}")]
    private partial void LogFaulty(string symbol, string fault);

    private sealed record Due
    {
        public required string Id { get; init; }
        public required string Symbol { get; init; }
        public required string Timeframe { get; init; }
        public required string Direction { get; init; }
        public double PredictedPrice { get; init; }
        public required string DataAsOf { get; init; }

        public DateOnly LastDay => Day(DataAsOf)!.Value;

        public DateOnly TargetDay => LastDay.AddDays(Timeframes.Days(Timeframe));
    }
}
