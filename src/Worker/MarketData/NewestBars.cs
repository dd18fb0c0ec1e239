using System.Collections.Concurrent;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>
/// The day of each symbol's newest closed bar, for descriptions. It is never worth waiting for: a source that does not answer soon is left alone for
/// a while. Days from a server are remembered for a minute.
/// </summary>
internal sealed class NewestBars(IPriceSource source, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (DateOnly? Day, long ReadAt)> _read = new(StringComparer.Ordinal);

    private long _failedAt;

    /// <summary>The days of canonical symbols; symbols without a bar, and those that could not be read, are left out.</summary>
    public async Task<IReadOnlyDictionary<string, DateOnly>> ReadAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        var days = new Dictionary<string, DateOnly>(StringComparer.Ordinal);
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        foreach (var symbol in symbols)
        {
            if (await TryReadAsync(symbol, either.Token) is { } day)
            {
                days[symbol] = day;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return days;
    }

    private async Task<DateOnly?> TryReadAsync(string symbol, CancellationToken cancellationToken)
    {
        if (source.IsRemote && _read.TryGetValue(symbol, out var known) && time.GetElapsedTime(known.ReadAt) < KeepFor)
        {
            return known.Day;
        }

        var failedAt = Interlocked.Read(ref _failedAt);
        if (cancellationToken.IsCancellationRequested || (failedAt != 0 && time.GetElapsedTime(failedAt) < KeepFor))
        {
            return null;
        }

        try
        {
            var series = await source.ReadAsync(symbol, DateOnly.MaxValue, 1, cancellationToken);
            var day = series is { Bars.IsEmpty: false } ? series.Bars.Span[^1].Day : (DateOnly?)null;
            if (source.IsRemote)
            {
                _read[symbol] = (day, time.GetTimestamp());
            }

            return day;
        }
        catch (InvalidMarketDataException)
        {
            // An answer says so.
            return null;
        }
        catch (Exception failure) when (failure is OperationCanceledException || MarketDataUnavailableException.IsCausedBy(failure))
        {
            Interlocked.Exchange(ref _failedAt, time.GetTimestamp());
            return null;
        }
    }
}
