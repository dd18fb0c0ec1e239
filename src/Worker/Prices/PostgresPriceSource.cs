using System.Data;
using System.Globalization;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Dapper;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Prices;

/// <summary>
/// The tables <c>tokens</c> and <c>price_data</c> as they are: hourly or daily rows, their times UTC without a zone. The rows of a
/// UTC day become one bar: first open, highest high, lowest low, last close, summed volume. Market cap is close x tokens.market_cap /
/// tokens.current_price, and 0 where that is not known. A broken server's <see cref="NpgsqlException"/> passes through.
/// </summary>
internal sealed partial class PostgresPriceSource(NpgsqlDataSource database, SymbolCatalog catalog, TimeProvider time, TimeSpan commandTimeout) : IPriceSource
{
    // A century: whoever wants all bars names more days than a timestamp can go back.
    private const int MostDays = 36_525;

    public string Name => "postgres";

    public async ValueTask<BarSeries?> ReadAsync(string symbol, DateOnly lastDay, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (!catalog.TryNormalise(symbol, out var canonical))
            return null;
        var parameters = new DynamicParameters();
        parameters.Add("names", catalog.NamesOf(canonical).ToArray());
        parameters.Add("before", time.LastClosedDay(lastDay).AddDays(1).ToDateTime(TimeOnly.MinValue), DbType.DateTime2);
        parameters.Add("count", Math.Min(count, MostDays));
        var rows = await QueryAsync<DayRow>(WindowSql, parameters, cancellationToken);
        if (rows is [])
            return null;
        if (rows is [{ Day: null }])
            return new BarSeries(canonical, ReadOnlyMemory<Bar>.Empty);

        var bars = new Bar[rows.Count];
        for (var i = 0; i < bars.Length; i++)
            bars[i] = ToBar(rows[i], canonical);
        return new BarSeries(canonical, bars);
    }

    public async ValueTask<IReadOnlyList<LatestPrice>> ReadLatestAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        var asked = catalog.Normalise(symbols)
            .SelectMany(canonical => catalog.NamesOf(canonical), (canonical, name) => (canonical, name)).ToArray();
        var parameters = new DynamicParameters();
        parameters.Add("symbols", Array.ConvertAll(asked, pair => pair.canonical));
        parameters.Add("names", Array.ConvertAll(asked, pair => pair.name));
        parameters.Add("now", DateTime.SpecifyKind(time.GetUtcNow().UtcDateTime, DateTimeKind.Unspecified), DbType.DateTime2);
        var rows = await QueryAsync<LatestRow>(LatestSql, parameters, cancellationToken);
        return rows.ConvertAll(row => row.Close is { } close && double.IsFinite(close) && close > 0
            ? new LatestPrice(row.Symbol, close, new DateTimeOffset(row.Time, TimeSpan.Zero))
            : throw Fault(row.Symbol, row.Time, "close", row.Close is { } found ? Text(found) : "null", "a positive number"));
    }

    private async Task<List<T>> QueryAsync<T>(string sql, DynamicParameters parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var command = new CommandDefinition(
            sql, parameters, commandTimeout: Math.Max(1, (int)Math.Ceiling(commandTimeout.TotalSeconds)), cancellationToken: cancellationToken);
        return (await connection.QueryAsync<T>(command)).AsList();
    }

    private static Bar ToBar(DayRow row, string symbol)
    {
        if (row.Fault is not null)
            throw RowFault(row.Fault, symbol);
        var bar = new Bar(DateOnly.FromDateTime(row.Day!.Value), row.Open, row.High, row.Low, row.Close, row.Volume)
        {
            MarketCap = row.Close * row.Supply,
        };
        // The rows of the day are valid one by one, so what is left is tokens.
        return BarRules.Check(bar) is not { } fault ? bar : throw new PriceDataException(
            $"tokens, symbol {symbol}, column market_cap / current_price: found {Text(row.Supply)}, expected {fault.Expected}");
    }

    /// <summary>Names the column of a row of price_data that is no valid price. A null reads as NaN, which no rule accepts.</summary>
    private static PriceDataException RowFault(string json, string symbol)
    {
        using var document = JsonDocument.Parse(json);
        var row = document.RootElement;
        var bar = new Bar(default, Number("open"), Number("high"), Number("low"), Number("close"), Number("volume"));
        var fault = BarRules.Check(bar) ?? new BarFault("open", "a price", double.NaN);
        return Fault(symbol, row.GetProperty("time").GetDateTime(), fault.Column, row.GetProperty(fault.Column).GetRawText(), fault.Expected);

        double Number(string column) =>
            row.GetProperty(column) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : double.NaN;
    }

    private static PriceDataException Fault(string symbol, DateTime at, string column, string found, string expected) =>
        new(string.Create(
            CultureInfo.InvariantCulture, $"price_data, symbol {symbol}, time {at:yyyy-MM-dd HH:mm:ss} UTC, column {column}: found {found}, expected {expected}"));

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private sealed record DayRow
    {
        public DateTime? Day { get; init; }
        public double Open { get; init; }
        public double High { get; init; }
        public double Low { get; init; }
        public double Close { get; init; }
        public double Volume { get; init; }
        public double Supply { get; init; }
        public string? Fault { get; init; }
    }

    private sealed record LatestRow
    {
        public required string Symbol { get; init; }
        public DateTime Time { get; init; }
        public double? Close { get; init; }
    }
}
