using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.Events;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// The request that an event or record belongs to, copied so that the request's context need not stay alive, the serializer that writes them, and the
/// event as plain JSON.
/// </summary>
internal readonly record struct CompletionOrigin(Guid? ConversationId, Uri InputAddress, DateOnly? AsOf, WrittenMessage Written, PlainEvent? Plain)
{
    public static CompletionOrigin Of(ConsumeContext context, object completed, DateOnly? asOf, ReadOnlyMemory<byte> answerJson) => new(
        context.ConversationId,
        context.ReceiveContext.InputAddress,
        asOf,
        new WrittenMessage(new WrittenEvent(new WrittenJson(answerJson))),
        PlainEvent.Of(completed, asOf, answerJson));

    public void Apply(SendContext send)
    {
        (send.ConversationId, send.SourceAddress, send.Serializer) = (ConversationId, InputAddress, Written);
        if (AsOf is { } day)
        {
            send.Headers.Set(Endpoints.AsOfHeader, PlainEvent.Header(day));
        }
    }
}
