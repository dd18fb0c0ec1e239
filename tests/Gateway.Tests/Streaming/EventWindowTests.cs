using Coinsphere.Messaging.Gateway.Streaming;

namespace Coinsphere.Messaging.Gateway.Tests.Streaming;

public sealed class EventWindowTests
{
    [Fact]
    public void Window_HoldsTheNewest_ByCountAndByBytes()
    {
        var counted = new EventWindow(maxCount: 100, maxBytes: long.MaxValue);
        var weighed = new EventWindow(maxCount: 1000, maxBytes: 2000);
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(counted.Add(Event(i)));
            Assert.True(weighed.Add(Event(i, new string('x', 100))));
        }

        Assert.Equal(Enumerable.Range(900, 100).Select(i => (long)i), counted.From(0).Select(found => found.Id.Offset));
        Assert.Equal(10, weighed.Count);
        Assert.Equal(999, weighed.Position?.Offset);
    }

    [Fact]
    public void Id_IsFoundExpiredUnknownOrAhead()
    {
        var window = new EventWindow(maxCount: 3, maxBytes: long.MaxValue);
        // Offsets have holes.
        var events = new[] { 2, 4, 6, 8 }.Select(offset => Event(offset)).ToArray();
        Array.ForEach(events, held => window.Add(held));

        Assert.Equal(ResumeResult.Found, window.Find(events[1].Id, out var next));
        Assert.Equal([6L, 8], window.From(next).Select(found => found.Id.Offset));
        Assert.Equal(ResumeResult.Found, window.Find(events[3].Id, out next));
        Assert.Empty(window.From(next));
        Assert.Equal(ResumeResult.Expired, window.Find(events[0].Id, out _));
        Assert.Equal(ResumeResult.Unknown, window.Find(new StreamEventId(5, events[1].Id.Fingerprint), out _));
        Assert.Equal(ResumeResult.Unknown, window.Find(events[1].Id with { Fingerprint = 1 }, out _));
        Assert.Equal(ResumeResult.Ahead, window.Find(new StreamEventId(9, 0), out _));
        window.Clear();
        Assert.Equal(ResumeResult.Ahead, window.Find(events[1].Id, out _));
        Assert.Null(window.Position);
    }

    [Fact]
    public void Copy_IsLeftOutByTheLogAlone_WhereverReadingBegan()
    {
        const int first = 500;
        var (whole, late) = (new EventWindow(100_000, long.MaxValue), new EventWindow(100_000, long.MaxValue));
        for (var i = 0; i < 40_000; i++)
        {
            // Copies at distances around the limit.
            var held = Event(i, $"{i % 7919} {i / 12_000}");
            whole.Add(held);
            if (i >= first)
            {
                late.Add(held);
            }
        }

        const int exact = first + EventWindow.CopyDistance;
        Assert.Equal(Offsets(whole, exact), Offsets(late, exact));
    }

    private static long[] Offsets(EventWindow window, long from) => [.. window.From(0).Select(found => found.Id.Offset).Where(offset => offset >= from)];

    private static StreamEvent Event(long offset, string? message = null)
    {
        var data = System.Text.Encoding.UTF8.GetBytes(message ?? $"{offset}");
        return new StreamEvent(
            StreamChannel.Predictions, "BTC", "7d", StreamEventId.Of(offset, data), message is { Length: > 99 } ? $"{offset}" : message, null, data);
    }
}
