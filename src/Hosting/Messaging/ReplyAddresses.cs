using System.Text.RegularExpressions;
using MassTransit;
using MassTransit.Context;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting;

/// <summary>
/// Where replies and faults may go. The address in a message is its sender's word, and sending to it declares it: a forged one would make
/// this process create exchanges and queues of a stranger's choice. So replies go back to direct reply-to and to a bus's own endpoint,
/// which its bus has declared; anything else drops the message, counted and logged.
/// </summary>
public sealed partial class ReplyAddresses(ILogger<ReplyAddresses> logger) : IFilter<ConsumeContext>
{
    /// <inheritdoc/>
    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        var input = context.ReceiveContext.InputAddress;
        if ((Forged(context, context.ResponseAddress) ?? Forged(context, context.FaultAddress)) is { } forged)
        {
            Meters.ForgedAddress("envelope");
            LogForged(input.AbsolutePath, forged.OriginalString.Length <= 200 ? forged.OriginalString : forged.OriginalString[..200]);
            // Handled, or else the transport would move it to the queue of skipped messages.
            await context.ReceiveContext.NotifyConsumed(new MessageConsumeContext<Dropped>(context, Dropped.Message), TimeSpan.Zero, nameof(ReplyAddresses));
            return;
        }

        await next.Send(context);
    }

    /// <inheritdoc/>
    public void Probe(ProbeContext context) => context.CreateFilterScope("replyAddresses");

    private static Uri? Forged(ConsumeContext context, Uri? address) =>
        address is null || IsDirect(address, context) || IsBus(address, context.ReceiveContext.InputAddress) ? null : address;

    // It stands for the channel that asked, which the broker has written into the message: nothing is declared,
    // whatever name the sender knows the broker by.
    private static bool IsDirect(Uri address, ConsumeContext context) =>
        address.Scheme is "rabbitmq" or "rabbitmqs" or "amqp" or "amqps" && LastSegment(address) == DirectReplyTo.Name
        && Options(address).All(option => option is "temporary=true" or "durable=false" or "autodelete=true")
        && context.ReceiveContext.TryGetPayload<RabbitMqBasicConsumeContext>(out var message) && DirectReplyTo.IsValid(message.Properties.ReplyTo);

    private static bool IsBus(Uri address, Uri input) =>
        address.Scheme == input.Scheme && address.Host == input.Host && Folder(address) == Folder(input)
        && BusEndpoint().IsMatch(LastSegment(address)) && Options(address).SequenceEqual(InMemory(input) ? [] : ["temporary=true"]);

    // Within a process there is nothing temporary to declare.
    private static bool InMemory(Uri input) => input.Scheme == "loopback";

    private static string LastSegment(Uri address) => address.AbsolutePath[(address.AbsolutePath.LastIndexOf('/') + 1)..];

    private static string Folder(Uri address) => address.AbsolutePath[..(address.AbsolutePath.LastIndexOf('/') + 1)];

    private static string[] Options(Uri address) => address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("^[A-Za-z0-9_.-]{1,200}_bus_[a-z0-9]{26}$", RegexOptions.CultureInvariant)]
    private static partial Regex BusEndpoint();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Dropped a message on {Endpoint}: its reply was to go to {Address}")]
    private partial void LogForged(string endpoint, string address);

    private sealed class Dropped
    {
        public static Dropped Message { get; } = new();
    }
}
