using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>A price source that breaks in a way nobody foresaw, and counts how often it was asked.</summary>
internal sealed class CountedPrices : IPriceSource
{
    public const string Fault = "this source is broken on purpose";

    private int _reads;

    public int Reads => Volatile.Read(ref _reads);

    public string Name => "synthetic";

    public ValueTask<BarSeries?> ReadAsync(string symbol, DateOnly lastDay, int count, CancellationToken cancellationToken)
    {
        // Not what a model is tried on before it serves, which asks for all there is.
        if (lastDay != DateOnly.MaxValue)
        {
            Interlocked.Increment(ref _reads);
        }

        throw new InvalidOperationException(Fault);
    }

    public ValueTask<IReadOnlyList<LatestPrice>> ReadLatestAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken) =>
        throw new InvalidOperationException(Fault);
}
