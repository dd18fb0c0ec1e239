using Coinsphere.Messaging.Gateway.Streaming;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Gateway.Tests.Streaming;

public sealed class EventHubTests
{
    private static readonly DateTimeOffset Millisecond = new(2024, 12, 31, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Events say in milliseconds when they were computed, so one of the same millisecond may be a later one.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    public async Task ListenerThatCameBeforeTheWindowWasFilled_GetsWhatWasComputedSince(int millisecondsAfter, bool isSent)
    {
        var hub = new EventHub(Options.Create(new StreamingOptions()), new FakeTimeProvider(Millisecond.AddTicks(1234)), NullLogger<EventHub>.Instance);
        var listener = hub.Open("sse", "predictions", () => { })!;
        Assert.True(hub.Subscribe(listener, StreamChannel.Predictions, symbols: null, after: null));

        hub.Append(Event(0, Millisecond.AddMilliseconds(millisecondsAfter)));
        hub.MarkFilled();
        hub.Append(Event(1, Millisecond));
        listener.Complete();

        var sent = await listener.ReadAllAsync(TestContext.Current.CancellationToken)
            .SelectMany(delivery => delivery.Frames.ToAsyncEnumerable()).OfType<StreamEvent>().Select(found => found.Id.Offset)
            .ToArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(isSent ? [0, 1] : [1], sent);
    }

    private static StreamEvent Event(long offset, DateTimeOffset computedAt)
    {
        var data = System.Text.Encoding.UTF8.GetBytes($$"""{"number":{{offset}}}""");
        return new StreamEvent(StreamChannel.Predictions, "BTC", "7d", StreamEventId.Of(offset, data), $"id-{offset}", computedAt, data);
    }
}
