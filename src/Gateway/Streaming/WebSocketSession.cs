using System.Net.WebSockets;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>
/// One WebSocket: it reads the client's messages, and sends what the hub has for it. Only the sending side writes, also the closing frame. A message of the
/// client is read when the answer to the one before is sent, so a client that sends a lot waits for itself.
/// </summary>
internal sealed class WebSocketSession(WebSocket socket, Listener listener, EventHub hub, RequestRules rules, TimeProvider time) : IDisposable
{
    public const string Transport = "websocket";

    /// <summary>The longest message of a client, in bytes: more than the longest list of symbols needs.</summary>
    public const int MaxMessage = 16 * 1024;

    /// <summary>A client that sent so many wrong messages in all is a broken program.</summary>
    public const int MaxErrors = 20;

    // For the client's own closing frame.
    private static readonly TimeSpan CloseTakes = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _ended = new();
    private (WebSocketCloseStatus Status, string Why) _close = (WebSocketCloseStatus.NormalClosure, "");
    private TaskCompletionSource _answered = new();
    private int _errors;

    /// <summary>Ends the connection at once.</summary>
    public void Abort()
    {
        socket.Abort();
        _ended.Cancel();
    }

    public async Task RunAsync(CancellationToken aborted)
    {
        using var registration = aborted.Register(Abort);
        hub.Greet(listener, resumes: false);
        var sending = SendAllAsync();
        try
        {
            await ReceiveAllAsync();
        }
        catch (Exception failure) when (IsLost(failure))
        {
            // The client is gone, or does not answer pings.
        }

        listener.Complete();
        // For a client that closes and does not read.
        _ended.CancelAfter(CloseTakes);
        await sending;
        // Afterwards the hub aborts it no more.
        hub.Close(listener);
    }

    /// <inheritdoc/>
    public void Dispose() => _ended.Dispose();

    private async Task SendAllAsync()
    {
        try
        {
            await foreach (var delivery in listener.ReadAllAsync(_ended.Token))
            {
                foreach (var frame in delivery.Frames)
                {
                    await SendAsync(frame);
                }

                delivery.Measure(Transport, time);
                if (delivery.Frame is { Name: "subscribed" or "unsubscribed" or "error" })
                {
                    _answered.TrySetResult();
                }
            }

            if (listener.Dropped is { } last)
            {
                await SendAsync(last);
                _close = listener.DropReason switch
                {
                    EventHub.Stopping => (WebSocketCloseStatus.EndpointUnavailable, EventHub.Stopping),
                    EventHub.KeyEnded => (WebSocketCloseStatus.PolicyViolation, EventHub.KeyEnded),
                    _ => ((WebSocketCloseStatus)1013, EventHub.SlowReader),
                };
            }

            await socket.CloseOutputAsync(_close.Status, _close.Why, _ended.Token);
            // For a client that sends no closing frame.
            _ended.CancelAfter(CloseTakes);
        }
        catch (Exception failure) when (IsLost(failure))
        {
            Abort();
        }
        finally
        {
            _answered.TrySetResult();
        }
    }

    private ValueTask SendAsync(StreamFrame frame) => socket.SendAsync(frame.Text, WebSocketMessageType.Text, endOfMessage: true, _ended.Token);

    private async Task ReceiveAllAsync()
    {
        var buffer = new byte[MaxMessage];
        var (length, isClosing) = (0, false);
        while (true)
        {
            // What comes after the last wrong message is not looked at, but read until the client closes too.
            var received = await socket.ReceiveAsync(isClosing ? buffer.AsMemory() : buffer.AsMemory(length), _ended.Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            if (isClosing)
            {
                continue;
            }

            length += received.Count;
            if (received.MessageType == WebSocketMessageType.Binary)
            {
                isClosing = Close(WebSocketCloseStatus.InvalidMessageType, "expected messages of text");
            }
            else if (received.EndOfMessage)
            {
                isClosing = !await AnswerAsync(buffer.AsMemory(0, length));
                length = 0;
            }
            else if (length == MaxMessage)
            {
                isClosing = Close(WebSocketCloseStatus.MessageTooBig, $"expected messages of at most {MaxMessage} bytes");
            }
        }
    }

    private bool Close(WebSocketCloseStatus status, string why)
    {
        _close = (status, why);
        listener.Complete();
        return true;
    }

    // False where the connection ends.
    private async Task<bool> AnswerAsync(ReadOnlyMemory<byte> message)
    {
        _answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Apply(message.Span) is { } refusal)
        {
            hub.Reply(listener, StreamFrame.Error(refusal));
            if (++_errors >= MaxErrors)
            {
                return !Close(WebSocketCloseStatus.PolicyViolation, $"{MaxErrors} messages were wrong");
            }
        }

        await _answered.Task.WaitAsync(_ended.Token);
        return true;
    }

    private RequestRefused? Apply(ReadOnlySpan<byte> message)
    {
        var type = StreamingJson.Default.StreamCommand;
        var read = JsonBody.Read(message, type);
        if (read.IsRefused)
        {
            return read.Refusal;
        }

        if (JsonBody.FindMisspelling(message, type) is { } misspelling)
        {
            return Invalid(misspelling);
        }

        var command = read.Answer;
        if (command.Action is not (StreamCommand.Subscribe or StreamCommand.Unsubscribe))
        {
            return Invalid($"action must be {StreamCommand.Subscribe} or {StreamCommand.Unsubscribe}, found {CallerText.Quoted(command.Action)}");
        }

        if (StreamChannels.Named(command.Channel) is not { } channel)
        {
            return Invalid($"channel must be one of {string.Join(", ", StreamChannels.Names)}, found {CallerText.Quoted(command.Channel)}");
        }

        var noId = StreamQuery.Id(command.LastEventId, "last_event_id", out var after);
        if ((rules.Symbols(channel, command.Symbols, out var symbols) ?? noId) is { } refusal)
        {
            return refusal;
        }

        if (command.Action == StreamCommand.Unsubscribe)
        {
            hub.Unsubscribe(listener, channel, symbols);
            return null;
        }

        return hub.Subscribe(listener, channel, symbols, after, RequestRules.MaxBatch)
            ? null
            : Invalid($"a WebSocket has at most {RequestRules.MaxBatch} symbols of a channel: leave symbols out to get all");
    }

    private static RequestRefused Invalid(string detail) => new(RefusalReason.InvalidRequest, detail);

    private static bool IsLost(Exception failure) => failure is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException;
}
