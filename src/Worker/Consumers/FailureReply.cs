using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.MarketData;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// Turns a consumer's exception into a refusal: the caller gets a reply within its deadline, and the request is neither retried nor moved to the
/// error queue.
/// </summary>
internal sealed partial class FailureReply<T>(Replies replies, ILogger<FailureReply<T>> logger) : IFilter<ConsumerConsumeContext<T>> where T : class, IConsumer
{
    public async Task Send(ConsumerConsumeContext<T> context, IPipe<ConsumerConsumeContext<T>> next)
    {
        try
        {
            await next.Send(context);
        }
        catch (MarketDataUnavailableException unavailable)
        {
            Meters.Refused(RefusalReason.PricesUnavailable);
            await replies.RefuseAsync(context, new RequestRefused(RefusalReason.PricesUnavailable, unavailable.Message));
        }
        catch (Exception failure) when (!(failure is OperationCanceledException && context.CancellationToken.IsCancellationRequested))
        {
            var id = context.RequestId ?? context.MessageId ?? NewId.NextGuid();
            LogFailed(failure, typeof(T).Name, id);
            Meters.Refused(RefusalReason.InternalError);
            await replies.RefuseAsync(
                context,
                new RequestRefused(RefusalReason.InternalError, $"the service failed on this request; its log has the cause under {id}"));
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("failureReply");

    [LoggerMessage(Level = LogLevel.Error, Message = "{Consumer} failed, request {RequestId}")]
    private partial void LogFailed(Exception exception, string consumer, Guid requestId);
}
