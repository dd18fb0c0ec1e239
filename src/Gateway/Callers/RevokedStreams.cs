using Coinsphere.Messaging.Gateway.Streaming;

namespace Coinsphere.Messaging.Gateway.Callers;

/// <summary>Ends the open streams of keys that have been revoked.</summary>
internal sealed class RevokedStreams(CallerTable table, EventHub hub) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        table.Changed += EndRevoked;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        table.Changed -= EndRevoked;
        return Task.CompletedTask;
    }

    private void EndRevoked() => hub.EndWhere(caller => caller.KeyId is { } id && table.Find(id) is null);
}
