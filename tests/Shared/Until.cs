using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Coinsphere.Messaging.Tests;

/// <summary>Waits for what must come true.</summary>
internal static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    public static Task True(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "", TimeSpan? limit = null) =>
        True(() => Task.FromResult(condition()), what, limit);

    public static Task True(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "", TimeSpan? limit = null) =>
        True(condition, () => what, limit);

    public static Task True(Func<bool> condition, Func<string> what, TimeSpan? limit = null) => True(() => Task.FromResult(condition()), what, limit);

    /// <summary>Says what was waited for when that is over, as far as it is then known.</summary>
    public static async Task True(Func<Task<bool>> condition, Func<string> what, TimeSpan? limit = null)
    {
        using var ticks = new PeriodicTimer(Step);
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) >= (limit ?? Limit))
            {
                Assert.Fail($"not within {limit ?? Limit}: {what()}");
            }

            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
