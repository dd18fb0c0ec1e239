using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Acts that a message asked for.</summary>
internal static class AuditedMessages
{
    /// <summary>Records an act of a message: once, also where several processes or a second delivery carry it out.</summary>
    public static Task WriteAsync(this AuditLog audit, ConsumeContext context, string act, string symbol, string outcome) => audit.WriteAsync(
        new AuditEntry(CallerHeader.Of(context), act, symbol, outcome, context.MessageId is { } id ? $"{id:N} {act} {symbol}" : null),
        context.CancellationToken);
}
