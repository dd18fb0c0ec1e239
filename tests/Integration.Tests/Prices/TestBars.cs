using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.Storage;

namespace Coinsphere.Messaging.Integration.Tests.Prices;

internal static class TestBars
{
    /// <summary>Writes bars, also over stored ones.</summary>
    public static Task<WrittenBars> WriteAsync(
        this PriceWriter writer, string symbol, ReadOnlyMemory<Bar> bars, DateTimeOffset version, CancellationToken cancellationToken) =>
        writer.WriteAsync(symbol, bars, version, new BarAuthor("a test", "the exchange corrected it"), cancellationToken);
}
