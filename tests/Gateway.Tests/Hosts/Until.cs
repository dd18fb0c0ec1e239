namespace Coinsphere.Messaging.Gateway.Tests.Hosts;

/// <summary>Waits for what must come true.</summary>
internal static class Until
{
    public static async Task True(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await condition())
        {
            await ticks.WaitForNextTickAsync(limit.Token);
        }
    }
}
