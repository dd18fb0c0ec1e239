using System.Diagnostics;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>Waits on conditions.</summary>
internal static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public static Task True(Func<bool> condition, string what, TimeSpan? limit = null) => True(() => Task.FromResult(condition()), what, limit);

    public static Task True(Func<Task<bool>> condition, string what, TimeSpan? limit = null) => True(condition, () => what, limit);

    /// <summary>Says what was waited for when that is over, as far as it is then known.</summary>
    public static async Task True(Func<Task<bool>> condition, Func<string> what, TimeSpan? limit = null)
    {
        using var ticks = new PeriodicTimer(Step);
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) >= (limit ?? Limit))
                Assert.Fail($"not within {limit ?? Limit}: {what()}");
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
