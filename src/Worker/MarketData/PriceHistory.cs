using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>The bars that an answer is made from, or the refusal.</summary>
internal sealed class PriceHistory(
    IPriceSource source,
    BarCache bars,
    SeriesChecks checks,
    IOptions<PricesOptions> options,
    TimeProvider time,
    Conditions conditions)
{
    private const string Name = "prices";

    // Where any age is allowed, an answer warns of prices older than the default limit.
    private static readonly TimeSpan Old = new PricesOptions().MaxAge!.Value;

    private readonly SourceWatch _watch = new(Name, conditions, time);

    /// <summary>The source of a series in answers (<c>data_source</c>).</summary>
    public string SourceOf(BarSeries series) => NameOf(series.IsSynthetic);

    /// <summary>
    /// Up to <paramref name="count"/> bars; the last one is of <paramref name="asOf"/>, or the newest before it. With a cache version the bars may
    /// come from the cache; with null they are read.
    /// </summary>
    /// <exception cref="MarketDataUnavailableException">The source is unavailable.</exception>
    public async Task<Result<BarSeries>> ReadAsync(string symbol, CacheVersion? version, DateOnly? asOf, int count, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var lastDay = asOf ?? DateOnly.FromDateTime(now.UtcDateTime);
        using var stage = Stages.Prices();
        var (read, refusal) = await GuardAsync(token => bars.ReadAsync(symbol, version, lastDay, count, token), cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        if (read is not { } series)
        {
            return NoPrices(symbol);
        }

        if (series.Age(asOf, now) is not { } age)
        {
            return NoBar(symbol, lastDay);
        }

        if (age > options.Value.MaxAge)
        {
            return new RequestRefused(RefusalReason.StalePrices, $"the newest bar of {symbol} up to {Text(lastDay)} is of {Text(series.Bars.Span[^1].Day)}: "
                + $"expected one that closed at most {options.Value.MaxAge.Value.TotalDays:0.##} days earlier");
        }

        if (Invented(series) is { } invented)
        {
            return invented;
        }

        if (SeriesChecks.Standstill(series) is { } standstill)
        {
            return new RequestRefused(RefusalReason.StalePrices, standstill);
        }

        return Jump(series) is { } jump ? jump : series;
    }

    /// <summary>
    /// Every bar up to a day, for questions about the past: neither the age of the last one matters, nor that nothing is traded any more. The caller checks
    /// what it uses with <see cref="Jump"/>.
    /// </summary>
    /// <exception cref="MarketDataUnavailableException">The source is unavailable.</exception>
    public Task<Result<BarSeries>> ReadAllAsync(string symbol, DateOnly lastDay, CancellationToken cancellationToken) =>
        ReadPastAsync(symbol, lastDay, int.MaxValue, cancellationToken);

    /// <summary>The same of the newest <paramref name="count"/> bars.</summary>
    /// <exception cref="MarketDataUnavailableException">The source is unavailable.</exception>
    public async Task<Result<BarSeries>> ReadPastAsync(string symbol, DateOnly lastDay, int count, CancellationToken cancellationToken)
    {
        using var stage = Stages.Prices();
        var (read, refusal) = await GuardAsync(token => source.ReadAsync(symbol, lastDay, count, token), cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        if (read is not { } series)
        {
            return NoPrices(symbol);
        }

        return series.Bars.IsEmpty ? NoBar(symbol, lastDay) : Invented(series) is { } invented ? invented : series;
    }

    /// <summary>The refusal of bars that no market produces; else null.</summary>
    public RequestRefused? Jump(BarSeries series) => checks.Jump(series) is { } jump ? new(RefusalReason.PricesRejected, jump) : null;

    /// <summary>Warnings about bars for users of an answer, as sentences without a full stop.</summary>
    public IReadOnlyList<string> Warnings(BarSeries series, DateOnly? asOf)
    {
        var warnings = new List<string>();
        var last = series.Bars.Span[^1].Day;
        if (series.IsSynthetic)
        {
            warnings.Add("Prices are synthetic: every one is invented");
        }

        if (series.Age(asOf, time.GetUtcNow()) is { } age && age > Old)
        {
            warnings.Add($"Prices are {(int)age.TotalDays} days old{(asOf is { } day ? $" on {Text(day)}" : "")}: the last bar is of {Text(last)}");
        }

        var first = series.Bars.Span[0].Day;
        var corrected = series.CorrectedDays.Where(day => day >= first && day <= last).ToArray();
        if (corrected.Length > 0)
        {
            var others = corrected.Length == 1 ? "" : $" and {corrected.Length - 1} more";
            warnings.Add($"Prices were corrected in the last {PostgresPriceSource.CorrectedLately.Days} days: the bar of {Text(corrected.Max())}{others}");
        }

        return warnings;
    }

    /// <summary>The newest prices of symbols. Symbols without prices are left out.</summary>
    /// <exception cref="MarketDataUnavailableException">The source is unavailable.</exception>
    public async Task<Result<LatestPricesAnswer>> ReadLatestAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        var (prices, refusal) = await GuardAsync(token => source.ReadLatestAsync(symbols, token), cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        return new LatestPricesAnswer(
            prices!.ToDictionary(price => price.Symbol, price => new PricePoint(Rounding.Price(price.Price), price.Time)),
            NameOf(prices!.Any(price => price.IsSynthetic)));
    }

    /// <summary>The refusal where a day is missing among the last <paramref name="window"/> bars; else null.</summary>
    public static RequestRefused? MissingDay(BarSeries series, int window) => series.FirstMissingDay(window) is { } missing
        ? new(
            RefusalReason.InsufficientHistory,
            $"{series.Symbol} has no bar for {Text(missing)}: expected {window} consecutive days up to {Text(series.Bars.Span[^1].Day)}")
        : null;

    private static RequestRefused NoPrices(string symbol) => new(RefusalReason.NoPrices, $"there are no prices of {symbol}");

    private static RequestRefused NoBar(string symbol, DateOnly lastDay) =>
        new(RefusalReason.InsufficientHistory, $"{symbol} has no closed daily bar up to {Text(lastDay)}");

    private RequestRefused? Invented(BarSeries series) => series.IsSynthetic && !options.Value.AllowSynthetic
        ? new(
            RefusalReason.PricesRejected,
            $"the prices of {series.Symbol} are synthetic: expected real ones, or Prices:AllowSynthetic to allow invented prices")
        : null;

    private async Task<(T? Value, RequestRefused? Refusal)> GuardAsync<T>(Func<CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            var value = await read(cancellationToken);
            _watch.Answered();
            return (value, null);
        }
        catch (InvalidMarketDataException fault)
        {
            return (default, new RequestRefused(RefusalReason.PricesRejected, fault.Message));
        }
        catch (Exception failure) when (MarketDataUnavailableException.IsCausedBy(failure))
        {
            _watch.Failed(
                $"price source {source.Name} does not answer: {failure.Message.ReplaceLineEndings(" ")}",
                () => read(CancellationToken.None).AsTask());
            throw new MarketDataUnavailableException("price source", failure);
        }
    }

    private string NameOf(bool isSynthetic) => isSynthetic ? SyntheticPriceSource.SourceName : source.Name;

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
