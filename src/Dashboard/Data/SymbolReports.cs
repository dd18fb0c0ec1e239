using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Contracts;
using Microsoft.Extensions.Caching.Memory;

namespace Coinsphere.Messaging.Dashboard.Data;

/// <summary>Asks for the reports of symbols. Pages that show the same one share it for some seconds, since each takes a backtest of a year.</summary>
internal sealed class SymbolReports(IServiceProvider services, TimeProvider time) : IDisposable
{
    private const int MostReports = 200;
    private const int MostRecords = 12;
    private const int BarsShown = 120;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly MemoryCache _reports = new(new MemoryCacheOptions { SizeLimit = MostReports });
    private readonly Lock _lock = new();

    /// <summary>The report of a symbol.</summary>
    /// <param name="symbol">The symbol as given.</param>
    /// <param name="timeframe">The horizon.</param>
    /// <param name="asOf">The last day whose bar is used; null means the newest.</param>
    /// <param name="version">Whatever changes the report, such as the id of the newest prediction.</param>
    public Task<SymbolReport> GetAsync(string symbol, string timeframe, DateOnly? asOf, string? version)
    {
        lock (_lock)
        {
            return _reports.GetOrCreate((symbol, timeframe, asOf, version), entry =>
            {
                (entry.Size, entry.AbsoluteExpirationRelativeToNow) = (1, Lifetime);
                var report = ReadAsync(symbol, timeframe, asOf);
                // A failure is not kept.
                _ = report.ContinueWith(
                    _ => _reports.Remove(entry.Key), CancellationToken.None, TaskContinuationOptions.NotOnRanToCompletion, TaskScheduler.Default);
                return report;
            })!;
        }
    }

    public void Dispose() => _reports.Dispose();

    private async Task<SymbolReport> ReadAsync(string symbol, string timeframe, DateOnly? asOf)
    {
        var client = services.GetRequiredService<IPredictionClient>();
        // The bars after a past day show what happened.
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var days = Math.Clamp((asOf is { } day ? today.DayNumber - day.DayNumber : 0) + BarsShown, BarsShown, RequestRules.MaxBars);
        var prediction = client.GetPredictionAsync(symbol, timeframe, asOf, explain: true);
        var risk = client.GetRiskScoreAsync(symbol, asOf);
        var bars = client.GetPriceBarsAsync(symbol, days);
        var backtest = client.GetBacktestAsync(symbol, to: asOf, timeframe: timeframe);
        var history = client.GetHistoryAsync(symbol, MostRecords);
        await Task.WhenAll(prediction, risk, bars, backtest, history);
        return new(await prediction, await risk, await bars, await backtest, await history);
    }
}
