using System.Diagnostics;

namespace Coinsphere.Messaging.Integration.Tests.Caching;

/// <summary>Waits for what must come true.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!await condition())
        {
            Assert.True(waited.Elapsed < Patience, $"did not come true within {Patience}");
            await again.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
