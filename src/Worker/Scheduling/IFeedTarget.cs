using Coinsphere.Messaging.Worker.MarketData.Feed;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>Where the feed's bars go: a folder, or the database by way of the bus. It lets one process at a time fetch.</summary>
internal interface IFeedTarget
{
    /// <summary>
    /// Runs the work while this process is the one that fetches; returns at once where another one is. The work calls its first argument between
    /// passes, which fails where this process is not the one any more.
    /// </summary>
    Task WhileMineAsync(Func<Func<Task>, CancellationToken, Task> work, CancellationToken cancellationToken);

    /// <summary>Runs a pass into this target. The result is that of <see cref="FeedPass.RunAsync"/>.</summary>
    Task<TimeSpan?> PassAsync(FeedPass pass, CancellationToken cancellationToken);
}
