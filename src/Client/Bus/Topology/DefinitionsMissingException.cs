using MassTransit;

namespace Coinsphere.Messaging.Client;

/// <summary>An exchange or a queue does not exist, and the broker's user may not declare it. Nothing was sent.</summary>
/// <param name="part">The exchange or the queue, such as <c>exchange predict</c>.</param>
public sealed class DefinitionsMissingException(string part) : TransportException(Address, $"the broker has no {part}: import rabbitmq/definitions.json again")
{
    private static readonly Uri Address = new("rabbitmq:definitions");
}

/// <summary>The exchange of another process, where it receives replies, does not exist: the process has ended, or the address was invented.</summary>
/// <param name="exchange">The name of the exchange.</param>
public sealed class ReplyAddressMissingException(string exchange)
    : TransportException(new Uri("exchange:" + Uri.EscapeDataString(exchange)), "it does not exist");
