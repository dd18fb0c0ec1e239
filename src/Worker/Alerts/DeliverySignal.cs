namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>Tells this process that something is to be delivered, so that it need not wait for the next look at the table.</summary>
internal sealed class DeliverySignal : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0, 1);

    public void Raise()
    {
        try
        {
            _raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already raised.
        }
    }

    public void Dispose() => _raised.Dispose();

    /// <summary>Waits until it is raised, or for a while.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _raised.WaitAsync(atMost, cancellationToken);
}
