using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;

namespace Coinsphere.Messaging.Tests;

/// <summary>An open stream of server-sent events.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly IAsyncEnumerator<SseItem<string>> _items;
    private readonly CancellationTokenSource _ended;

    private EventStream(HttpResponseMessage response, Stream stream, CancellationTokenSource ended) =>
        (Response, _items, _ended) = (response, SseParser.Create(stream).EnumerateAsync(ended.Token).GetAsyncEnumerator(ended.Token), ended);

    public HttpResponseMessage Response { get; }

    /// <summary>The id to resume with.</summary>
    public string? LastId { get; private set; }

    /// <summary>Opens it, and takes its first event, a heartbeat.</summary>
    public static async Task<EventStream> OpenAsync(HttpClient http, string path, string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastId);
        }

        var ended = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ended.Token).WaitAsync(Limit, ended.Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var stream = new EventStream(response, await response.Content.ReadAsStreamAsync(ended.Token), ended);
        Assert.Equal("heartbeat", (await stream.AnyAsync())?.EventType);
        return stream;
    }

    /// <summary>The next event that is no heartbeat.</summary>
    public async Task<SseItem<string>> NextAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var next = await AnyAsync();
            Assert.True(next is not null, "the stream has ended");
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"no event but heartbeats within {Limit}");
            if (next.Value.EventType != "heartbeat")
            {
                return next.Value;
            }
        }
    }

    /// <summary>The next events that are no heartbeats.</summary>
    public async Task<IReadOnlyList<SseItem<string>>> NextAsync(int count)
    {
        var items = new List<SseItem<string>>();
        while (items.Count < count)
        {
            items.Add(await NextAsync());
        }

        return items;
    }

    /// <summary>The next event; null at the end.</summary>
    public async Task<SseItem<string>?> AnyAsync()
    {
        if (!await _items.MoveNextAsync().AsTask().WaitAsync(Limit, TestContext.Current.CancellationToken))
        {
            return null;
        }

        LastId = _items.Current.EventId ?? LastId;
        return _items.Current;
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        Response.Dispose();
    }
}
