using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.MarketData.Feed;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>
/// Fetched bars as files of <c>Prices:Folder</c>. A pass holds the folder's lock, so that passes of several processes and of the command never
/// overlap. After each file the symbol's cached answers are invalid.
/// </summary>
internal sealed class FolderFeed(PriceFolderStore store, IResultCache cache) : IFeedTarget
{
    public Task WhileMineAsync(Func<Func<Task>, CancellationToken, Task> work, CancellationToken cancellationToken) =>
        work(() => Task.CompletedTask, cancellationToken);

    public async Task<TimeSpan?> PassAsync(FeedPass pass, CancellationToken cancellationToken)
    {
        using var held = store.TryLock();
        // Another process writes what this one would.
        return held is null ? null : await pass.RunAsync(store, async symbol => await cache.InvalidateAsync(symbol, CancellationToken.None), cancellationToken);
    }
}
