using System.Globalization;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.Database;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Coinsphere.Messaging.Worker.Prices;

/// <summary>
/// Writes daily bars to <c>price_data</c>. A bar takes the place of every row of its UTC day, daily or hourly, so that a day is never
/// counted twice. Writing a bar again changes nothing.
/// </summary>
internal sealed partial class PriceWriter(NpgsqlDataSource database, Tokens tokens)
{
    // What numeric(18,8) and numeric(24,8) hold; a price that rounds to 0 would be no price when it is read.
    private const double SmallestPrice = 1e-8;
    private const double PriceLimit = 1e10;
    private const double VolumeLimit = 1e16;
    private const double MarketCapLimit = 1e22;

    /// <summary>The first fault of a bar, also by what the database's columns hold; or null.</summary>
    public static BarFault? Check(in Bar bar) => BarRules.Check(bar)
        ?? Price("open", bar.Open) ?? Price("high", bar.High) ?? Price("low", bar.Low) ?? Price("close", bar.Close)
        ?? Below("volume", bar.Volume, VolumeLimit) ?? Below("market_cap", bar.MarketCap, MarketCapLimit);

    /// <summary>Writes valid bars of a symbol, ascending by day, in one transaction.</summary>
    public async Task<WrittenBars> WriteAsync(string symbol, ReadOnlyMemory<Bar> bars, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var token = (await tokens.FindOrAddAsync(connection, [symbol], cancellationToken))[symbol];
        // One writer a token: two that replace the same days would wait for each other's rows in different orders.
        await connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(hashtextextended(@token, 0))", new { token }, cancellationToken: cancellationToken));
        var written = await WriteAsync(connection, token, bars, cancellationToken);
        if (bars.Span[^1] is { MarketCap: > 0 } newest)
            await UpdateTokenAsync(connection, token, newest, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return written;
    }

    private static async Task<WrittenBars> WriteAsync(NpgsqlConnection connection, string token, ReadOnlyMemory<Bar> bars, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(WriteSql, connection)
        {
            Parameters =
            {
                new("token", token),
                new("first", NpgsqlDbType.Timestamp) { Value = Midnight(bars.Span[0].Day) },
                new("end", NpgsqlDbType.Timestamp) { Value = Midnight(bars.Span[^1].Day.AddDays(1)) },
                new("times", NpgsqlDbType.Array | NpgsqlDbType.Timestamp) { Value = Column(bars, bar => Midnight(bar.Day)) },
                new("opens", Column(bars, bar => bar.Open)),
                new("highs", Column(bars, bar => bar.High)),
                new("lows", Column(bars, bar => bar.Low)),
                new("closes", Column(bars, bar => bar.Close)),
                new("volumes", Column(bars, bar => bar.Volume)),
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new WrittenBars(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2));
    }

    private static async Task UpdateTokenAsync(NpgsqlConnection connection, string token, Bar newest, CancellationToken cancellationToken)
    {
        var after = Midnight(newest.Day.AddDays(1));
        await connection.ExecuteAsync(new CommandDefinition(
            UpdateTokenSql, new { token, own = Tokens.OwnIdPrefix, close = newest.Close, marketCap = newest.MarketCap, after }, cancellationToken: cancellationToken));
    }

    private static T[] Column<T>(ReadOnlyMemory<Bar> bars, Func<Bar, T> value)
    {
        var column = new T[bars.Length];
        for (var i = 0; i < column.Length; i++)
            column[i] = value(bars.Span[i]);
        return column;
    }

    private static DateTime Midnight(DateOnly day) => day.ToDateTime(TimeOnly.MinValue);

    private static BarFault? Price(string column, double value) => value is >= SmallestPrice and < PriceLimit
        ? null
        : new BarFault(column, "a price that the database holds, 0.00000001 to below 10000000000", value);

    private static BarFault? Below(string column, double value, double limit) => value < limit
        ? null
        : new BarFault(column, string.Create(CultureInfo.InvariantCulture, $"an amount that the database holds, below {limit:0}"), value);
}

/// <summary>What became of bars: days without a row before, days that were different before, days that were the same.</summary>
internal readonly record struct WrittenBars(int Inserted, int Updated, int Unchanged)
{
    public static WrittenBars operator +(WrittenBars left, WrittenBars right) =>
        new(left.Inserted + right.Inserted, left.Updated + right.Updated, left.Unchanged + right.Unchanged);
}
