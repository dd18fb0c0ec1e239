using System.Text.RegularExpressions;
using Coinsphere.Messaging.Client.Bus.Topology;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Telemetry;
using MassTransit;
using MassTransit.Context;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// Decides where replies and faults may be sent. The sender chooses the address in a message, and sending to it declares it: with a forged address
/// this process would create any exchanges and queues. So replies go only to direct reply-to, and to a bus's own endpoint, which that bus has
/// declared. With any other address the message is dropped, counted and logged.
/// </summary>
public sealed partial class ReplyAddresses(ILogger<ReplyAddresses> logger) : IFilter<ConsumeContext>
{
    /// <inheritdoc/>
    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        var receive = context.ReceiveContext;
        if ((Forged(receive, context.ResponseAddress) ?? Forged(receive, context.FaultAddress)) is { } forged)
        {
            Meters.ForgedAddress("envelope");
            LogForged(receive.InputAddress.AbsolutePath, Shown(forged.OriginalString));
            // Marked as consumed; otherwise the transport would move it to the queue of skipped messages.
            await context.ReceiveContext.NotifyConsumed(new MessageConsumeContext<Dropped>(context, Dropped.Message), TimeSpan.Zero, nameof(ReplyAddresses));
            return;
        }

        await next.Send(context);
    }

    /// <inheritdoc/>
    public void Probe(ProbeContext context) => context.CreateFilterScope("replyAddresses");

    /// <summary>Whether a reply to a message may go to an address that the message names.</summary>
    public static bool Allow(ReceiveContext context, Uri address) => IsDirect(address, context) || IsBus(address, context.InputAddress);

    /// <summary>
    /// Whether a bare reply may go to the <c>reply_to</c> of a message: to the channel that asked, or to a queue of the user that asked. The broker lets a
    /// sender write only its own name as <c>user_id</c>. Replies are sent with this process's rights, so with any other queue a user could write where it
    /// has no permission to.
    /// </summary>
    public static bool AllowPlain(string replyTo, string? userId) =>
        DirectReplyTo.IsValid(replyTo)
        || (!string.IsNullOrEmpty(userId) && replyTo.StartsWith(ClientQueues.Prefix(userId), StringComparison.Ordinal));

    /// <summary>An address from a message, shortened for a log line.</summary>
    public static string Shown(string address) => CallerText.Shown(address, most: 200);

    private static Uri? Forged(ReceiveContext context, Uri? address) => address is null || Allow(context, address) ? null : address;

    // It identifies the channel that asked, which the broker has written into the message. Nothing is declared, whatever name of the broker the
    // sender uses.
    private static bool IsDirect(Uri address, ReceiveContext context) =>
        address.Scheme is "rabbitmq" or "rabbitmqs" or "amqp" or "amqps" && LastSegment(address) == DirectReplyTo.Name
        && Options(address).All(option => option is "temporary=true" or "durable=false" or "autodelete=true")
        && context.TryGetPayload<RabbitMqBasicConsumeContext>(out var message) && DirectReplyTo.IsValid(message.Properties.ReplyTo);

    private static bool IsBus(Uri address, Uri input) =>
        address.Scheme == input.Scheme && address.Host == input.Host && Folder(address) == Folder(input)
        && IsBusEndpoint(LastSegment(address)) && Options(address).SequenceEqual(InMemory(input) ? [] : ["temporary=true"]);

    /// <summary>Whether a queue is a bus's own endpoint.</summary>
    internal static bool IsBusEndpoint(string queue) => BusEndpoint().IsMatch(queue);

    // The bus in memory declares nothing.
    private static bool InMemory(Uri input) => input.Scheme == "loopback";

    private static string LastSegment(Uri address) => address.AbsolutePath[(address.AbsolutePath.LastIndexOf('/') + 1)..];

    private static string Folder(Uri address) => address.AbsolutePath[..(address.AbsolutePath.LastIndexOf('/') + 1)];

    private static string[] Options(Uri address) => address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("^[A-Za-z0-9_.-]{1,200}_bus_[a-z0-9]{26}$", RegexOptions.CultureInvariant)]
    private static partial Regex BusEndpoint();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Dropped a message on {Endpoint}: {Address} is not an allowed reply address")]
    private partial void LogForged(string endpoint, string address);

    private sealed class Dropped
    {
        public static Dropped Message { get; } = new();
    }
}
