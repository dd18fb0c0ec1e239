using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Client.Http;

/// <summary>
/// Reads the gateway's server-sent events, and connects again after the last event seen wherever a connection ends: by a failure, by a gateway that
/// stops, by one that drops a slow reader, or by silence.
/// </summary>
internal sealed partial class EventStream(TimeProvider time, ILogger<EventStream> logger)
{
    private const string Reset = "reset";
    private const string MediaType = "text/event-stream";

    // The gateway sends a heartbeat at least every 30 seconds.
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Reads one channel.</summary>
    /// <param name="http">Whose base address is the gateway.</param>
    /// <param name="channel">The last part of the address.</param>
    /// <param name="name">The name of the channel's events.</param>
    /// <param name="symbols">The symbols; null or none means all.</param>
    /// <param name="lastEventId">The event to go on after.</param>
    /// <param name="type">The JSON type of an event's data.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<Watched<T>> ReadAsync<T>(
        HttpClient http, string channel, string name, IReadOnlyList<string>? symbols, string? lastEventId, JsonTypeInfo<T> type,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        var path = $"api/v1/stream/{channel}"
            + (symbols is { Count: > 0 } ? "?symbols=" + string.Join(',', symbols.Select(symbol => Uri.EscapeDataString(symbol ?? ""))) : "");
        var (last, failures) = (lastEventId, 0);
        while (true)
        {
            await using var connection = await TryConnectAsync(http, path, last, cancellationToken);
            while (connection is not null && await TryNextAsync(connection, path, cancellationToken) is { } item)
            {
                // Any event names a position, a heartbeat too.
                (failures, last) = (0, item.EventId ?? last);
                if (item.EventType == name)
                {
                    yield return new(last, Parse(item.Data, type, path), Missed: null);
                }
                else if (item.EventType == Reset)
                {
                    yield return new(last, Answer: null, Parse(item.Data, ClientJson.Default.StreamReset, path).Detail);
                }
            }

            await Task.Delay(Pause(failures++), time, cancellationToken);
        }
    }

    // A proxy's page for a gateway that is away is temporary too; its page for another address is not.
    private static bool IsTemporary(Exception failure) => failure switch
    {
        PredictionServiceException { StatusCode: { } status } => IsTemporary(status),
        HttpRequestException or IOException or OperationCanceledException => true,
        _ => false,
    };

    private static bool IsTemporary(HttpStatusCode status) => (int)status >= 500 || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout;

    // Somewhere between half and all of it, so that the listeners of a gateway that stopped do not all come at once.
    private static TimeSpan Pause(int failures)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(failures, 10));
        return (pause < LongestPause ? pause : LongestPause) * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    private async Task<Connection?> TryConnectAsync(HttpClient http, string path, string? last, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaType));
        if (last is not null)
        {
            request.Headers.Add("Last-Event-ID", last);
        }

        var ended = new Limit(Silence, time, cancellationToken);
        try
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ended.Token);
            if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == MediaType)
            {
                return new Connection(response, await response.Content.ReadAsStreamAsync(ended.Token), ended);
            }

            using (response)
            {
                var reply = new HttpReply($"GET {http.BaseAddress}{path}", response.StatusCode, await response.Content.ReadAsByteArrayAsync(ended.Token));
                var refusal = reply.IsSuccess ? throw reply.Broken($"no {MediaType}") : reply.ReadRefusal();
                if (!IsTemporary(response.StatusCode))
                {
                    throw new WatchRefusedException(refusal);
                }

                LogRefused(path, refusal.Reason, refusal.Detail);
            }
        }
        catch (Exception failure) when (IsTemporary(failure))
        {
            cancellationToken.ThrowIfCancellationRequested();
            LogEnded(path, failure is OperationCanceledException ? "no answer" : failure.Message);
        }

        ended.Dispose();
        return null;
    }

    private async Task<SseItem<string>?> TryNextAsync(Connection connection, string path, CancellationToken cancellationToken)
    {
        try
        {
            if (await connection.MoveNextAsync())
            {
                return connection.Current;
            }

            LogEnded(path, "the service ended it");
        }
        catch (Exception failure) when (IsTemporary(failure))
        {
            cancellationToken.ThrowIfCancellationRequested();
            LogEnded(path, failure is OperationCanceledException ? "it has been silent" : failure.Message);
        }

        return null;
    }

    private static T Parse<T>(string data, JsonTypeInfo<T> type, string path) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(data, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException wrong)
        {
            throw new PredictionServiceException($"GET {path} sent an event that is no {type.Type.Name} ({wrong.Message})", inner: wrong);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The events of {Path} are refused and are asked for again: {Reason}: {Detail}")]
    private partial void LogRefused(string path, RefusalReason reason, string detail);

    [LoggerMessage(Level = LogLevel.Information, Message = "The events of {Path} ended and are asked for again: {Reason}")]
    private partial void LogEnded(string path, string reason);

    private sealed class Connection(HttpResponseMessage response, Stream body, Limit silence) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<SseItem<string>> _items = SseParser.Create(body).EnumerateAsync(silence.Token).GetAsyncEnumerator(silence.Token);

        public SseItem<string> Current => _items.Current;

        public ValueTask<bool> MoveNextAsync()
        {
            silence.Restart();
            return _items.MoveNextAsync();
        }

        public async ValueTask DisposeAsync()
        {
            response.Dispose();
            await _items.DisposeAsync();
            silence.Dispose();
        }
    }

    /// <summary>A time limit that can start again, and ends with the caller's token.</summary>
    private sealed class Limit : IDisposable
    {
        private readonly TimeSpan _length;
        private readonly CancellationTokenSource _timer;
        private readonly CancellationTokenSource _ended;

        public Limit(TimeSpan length, TimeProvider time, CancellationToken cancellationToken)
        {
            _length = length;
            _timer = new CancellationTokenSource(length, time);
            _ended = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, cancellationToken);
        }

        public CancellationToken Token => _ended.Token;

        public void Restart() => _timer.CancelAfter(_length);

        public void Dispose()
        {
            _ended.Dispose();
            _timer.Dispose();
        }
    }
}
