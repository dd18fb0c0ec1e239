using System.Data;
using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;
using Dapper;
using Npgsql;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

/// <summary>
/// Reads the table <c>sentiment</c>, its times UTC without a zone. Of several rows of a day the newest is used. An empty symbol means all symbols.
/// </summary>
internal sealed class PostgresSentimentSource(NpgsqlDataSource database, SymbolCatalog catalog, TimeSpan commandTimeout) : ISentimentSource
{
    private const string Sql = """
        select distinct on (day) date_trunc('day', time) as day, time, symbol,
            social_score::float8 as SocialScore, sentiment_pos::float8 as Positive, sentiment_neg::float8 as Negative
        from sentiment
        where symbol = any (@names) and time >= @first - @maxAge * interval '1 day' and time < @last
        order by day, array_position(@names, symbol), time desc
        """;

    public string Name => "postgres";

    public async ValueTask<SentimentSeries> ReadAsync(BarSeries series, CancellationToken cancellationToken)
    {
        var bars = series.Bars;
        var parameters = new DynamicParameters();
        parameters.Add("names", (string[])[.. catalog.NamesOf(series.Symbol), ""]);
        parameters.Add("first", bars.Span[0].Day.ToDateTime(TimeOnly.MinValue), DbType.DateTime2);
        parameters.Add("last", bars.Span[^1].Day.ToDateTime(TimeOnly.MinValue), DbType.DateTime2);
        parameters.Add("maxAge", SentimentSeries.MaxAge);
        var command = new CommandDefinition(
            Sql, parameters, commandTimeout: Math.Max(1, (int)Math.Ceiling(commandTimeout.TotalSeconds)), cancellationToken: cancellationToken);
        var rows = await database.ReadAsync(connection => connection.QueryAsync<Row>(command), cancellationToken);
        return new(Name, rows.Select(ToSentiment).ToArray());
    }

    private static Sentiment ToSentiment(Row row)
    {
        return new(
            DateOnly.FromDateTime(row.Day),
            Score("social_score", row.SocialScore),
            Score("sentiment_pos", row.Positive),
            Score("sentiment_neg", row.Negative));

        // This service's own table accepts only valid scores; a table made by others may contain anything.
        double Score(string column, double? value)
        {
            if (value is { } score && Sentiment.IsScore(score))
            {
                return score;
            }

            var found = value?.ToString("R", CultureInfo.InvariantCulture) ?? "null";
            throw new InvalidMarketDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"sentiment, symbol '{row.Symbol}', time {row.Time:yyyy-MM-dd HH:mm:ss} UTC, column {column}: found {found}, expected a number from 0 to 100"));
        }
    }

    private sealed record Row
    {
        public DateTime Day { get; init; }
        public DateTime Time { get; init; }
        public required string Symbol { get; init; }
        public double? SocialScore { get; init; }
        public double? Positive { get; init; }
        public double? Negative { get; init; }
    }
}
