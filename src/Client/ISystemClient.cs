using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Client;

/// <summary>Asks how the system works, over HTTP. Results and errors are those of <see cref="IPredictionClient"/>.</summary>
public interface ISystemClient
{
    /// <summary>Workers, queues, cache, refusals, latency by stage, and the feed.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<SystemReport>> GetSystemAsync(CancellationToken cancellationToken = default);
}
