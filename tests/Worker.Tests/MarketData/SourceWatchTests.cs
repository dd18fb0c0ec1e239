using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Worker.MarketData;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Worker.Tests.MarketData;

public sealed class SourceWatchTests
{
    [Fact]
    public async Task SourceThatIsAway_IsNotedUntilItAnswers_ThoughNobodyReads()
    {
        var time = new FakeTimeProvider();
        using var conditions = new Conditions(time, NullLogger<Conditions>.Instance);
        var watch = new SourceWatch("prices", conditions, time);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        conditions.Changed += () =>
        {
            if (conditions.Notes.Count == 0)
            {
                over.TrySetResult();
            }
        };
        var asked = 0;

        watch.Failed("the source does not answer", () => ++asked < 3 ? throw new IOException("away") : Task.CompletedTask);
        Assert.Equal(["prices: the source does not answer"], conditions.Notes);
        for (var second = 0; second < 10_000 && !over.Task.IsCompleted; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.True(over.Task.IsCompleted, "the source is still away");
        Assert.Equal(3, asked);
    }

    [Fact]
    public void SourceThatAnswersAReader_IsAskedNoMore()
    {
        var time = new FakeTimeProvider();
        using var conditions = new Conditions(time, NullLogger<Conditions>.Instance);
        var watch = new SourceWatch("prices", conditions, time);
        var asked = 0;
        watch.Failed("the source does not answer", () =>
        {
            asked++;
            throw new IOException("away");
        });

        watch.Answered();

        time.Advance(TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(conditions.Notes);
        Assert.Equal(0, asked);
    }

    [Fact]
    public void SourceThatComesAndGoes_IsAskedByOne()
    {
        var time = new FakeTimeProvider();
        using var conditions = new Conditions(time, NullLogger<Conditions>.Instance);
        var watch = new SourceWatch("prices", conditions, time);
        var asked = 0;
        for (var i = 0; i < 100; i++)
        {
            watch.Failed("the source does not answer", () =>
            {
                asked++;
                throw new IOException("away");
            });
            if (i < 99)
            {
                watch.Answered();
            }
        }

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.InRange(asked, 0, 1);
    }
}
