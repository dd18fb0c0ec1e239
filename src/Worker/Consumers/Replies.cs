using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Events;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// Sends a reply the way its request came: as a message of the bus, or as bare JSON where a plain AMQP client sent bare JSON with a <c>reply_to</c>.
/// A bare reply goes through the default exchange: it reaches direct reply-to or an existing queue, and declares nothing.
/// </summary>
internal sealed partial class Replies(ILogger<Replies> logger)
{
    // The transport turns this name into the default exchange and declares nothing.
    private static readonly Uri DefaultExchange = Endpoints.Address(DirectReplyTo.Name);

    /// <summary>Whether the sender waits for a reply.</summary>
    public static bool IsAwaited(ConsumeContext context) => context.ResponseAddress is not null || PlainReplyTo(context.ReceiveContext) is not null;

    public Task AnswerAsync<TAnswer>(ConsumeContext context, TAnswer answer, ReadOnlyMemory<byte> body)
        where TAnswer : class => ReplyAsync(context, answer, body);

    public Task RefuseAsync(ConsumeContext context, RequestRefused refusal)
    {
        var shown = ReplySending.Shown(refusal);
        return ReplyAsync(context, shown, Body(shown));
    }

    /// <summary>Refuses a message that could not be read, where its envelope or properties name an allowed reply address.</summary>
    public async Task RefuseUnreadAsync(ReceiveContext context, RequestRefused refusal)
    {
        if (PlainReplyTo(context) is { } request)
        {
            await ReplyPlainlyAsync<RequestRefused>(context, request, (address, complete) => context.SendReplyAsync(address, refusal, complete), Body(refusal));
            return;
        }

        var head = EnvelopeHead.Read(context.Body.GetBytes());
        if (context.HasPayloadType(typeof(PlainMessage)) || head is not { RequestId: { } id, ResponseAddress: { } address })
        {
            return;
        }

        if (ReplyAddresses.Allow(context, address))
        {
            await context.SendReplyAsync(address, refusal, send => send.RequestId = id);
        }
        else
        {
            Meters.ForgedAddress("envelope");
            LogForged(context.InputAddress.AbsolutePath, ReplyAddresses.Shown(address.OriginalString));
        }
    }

    private async Task ReplyAsync<T>(ConsumeContext context, T message, ReadOnlyMemory<byte> body)
        where T : class
    {
        if (PlainReplyTo(context.ReceiveContext) is { } request)
        {
            await ReplyPlainlyAsync<T>(context.ReceiveContext, request, (address, complete) => context.SendReplyAsync(address, message, complete), body);
        }
        else
        {
            await context.ReplyAsync(message, new WrittenMessage(new WrittenJson(body)));
        }
    }

    private async Task ReplyPlainlyAsync<T>(
        ReceiveContext context, RabbitMqBasicConsumeContext request, Func<Uri, Action<SendContext<T>>, Task> sendAsync, ReadOnlyMemory<byte> body)
        where T : class
    {
        var replyTo = request.Properties.ReplyTo!;
        if (!ReplyAddresses.AllowPlain(replyTo, request.Properties.UserId))
        {
            Meters.ForgedAddress("reply_to");
            LogForged(context.InputAddress.AbsolutePath, ReplyAddresses.Shown(replyTo));
            return;
        }

        try
        {
            await sendAsync(DefaultExchange, send => Bare(send, request.Properties.CorrelationId, replyTo, body));
        }
        catch (Exception failure) when (failure.IsRejection())
        {
            // The client's queue is full. That is no reason to compute again.
            Meters.ReplyRejected();
        }
    }

    private static byte[] Body(RequestRefused refusal) => JsonSerializer.SerializeToUtf8Bytes(refusal, ContractsJson.Body.RequestRefused);

    private static void Bare<T>(SendContext<T> send, string? correlationId, string replyTo, ReadOnlyMemory<byte> body)
        where T : class
    {
        send.SetRoutingKey(replyTo);
        send.Serializer = new BareJson(body);
        send.Durable = !replyTo.StartsWith(DirectReplyTo.Name, StringComparison.Ordinal);
        var properties = send.GetPayload<RabbitMqSendContext>().BasicProperties;
        properties.Type = send.Message switch
        {
            RequestRefused => "refusal",
            RiskAnswer => "risk",
            PortfolioRiskAnswer => "portfolio-risk",
            _ => "prediction",
        };
        // Any text that the client chose; the bus itself accepts only GUIDs.
        if (correlationId is not null)
        {
            properties.CorrelationId = correlationId;
        }
    }

    private static RabbitMqBasicConsumeContext? PlainReplyTo(ReceiveContext context) =>
        context.HasPayloadType(typeof(PlainMessage)) && context.TryGetPayload<RabbitMqBasicConsumeContext>(out var request)
            && !string.IsNullOrEmpty(request.Properties.ReplyTo)
            ? request
            : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Did not reply to a message on {Endpoint}: {ReplyTo} is not an allowed reply address")]
    private partial void LogForged(string endpoint, string replyTo);
}
