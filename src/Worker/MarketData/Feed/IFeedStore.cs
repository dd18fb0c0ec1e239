using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>Where fetched bars are stored: a folder, the database, or, by way of the bus, the database of other workers.</summary>
internal interface IFeedStore
{
    /// <summary>The relative difference below which two numbers are the same: a database may round them.</summary>
    double Tolerance { get; }

    /// <summary>Whether each bar's market cap is stored. A database stores the newest one's.</summary>
    bool StoresMarketCaps { get; }

    /// <summary>The stored bars of a canonical symbol; null where there are none.</summary>
    ValueTask<BarSeries?> ReadAsync(string symbol, CancellationToken cancellationToken);

    /// <summary>Stores a symbol's bars.</summary>
    /// <param name="series">All its bars: the stored ones, the new ones, and the corrected ones in their place.</param>
    /// <param name="changed">The new and corrected ones among them, ascending, at least one.</param>
    /// <param name="cancellationToken">Cancels it; nothing is left half written.</param>
    Task WriteAsync(BarSeries series, ReadOnlyMemory<Bar> changed, CancellationToken cancellationToken);
}
