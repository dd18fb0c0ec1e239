using Coinsphere.Messaging.Worker.Serving;
using MassTransit;
using MassTransit.RetryPolicies;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// Retries until a time limit since the first try, however long each try took. The first pause is 200 ms; each one after is twice as long, up to 5 s.
/// The last retry comes at the message's deadline, which refuses it. A try in progress is not interrupted.
/// </summary>
internal sealed class RetryUntilAvailablePolicy(IExceptionFilter filter, TimeSpan limit, TimeProvider time) : IRetryPolicy
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // Timers may fire a little early; a try just before the deadline would not yet be refused.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);

    public RetryPolicyContext<T> CreatePolicyContext<T>(T context) where T : class, PipeContext =>
        new RetryUntilAvailable<T>(this, context, time.GetTimestamp());

    public bool IsHandled(Exception exception) => filter.Match(exception);

    public void Probe(ProbeContext context)
    {
        context.Set(new { Policy = "RetryUntilAvailable", Limit = limit });
        filter.Probe(context);
    }

    // The first try has stored it there.
    private static Deadline DeadlineOf(PipeContext context) =>
        context is ConsumeContext message && message.ReceiveContext.TryGetPayload<Deadline>(out var deadline) ? deadline : Deadline.None;

    private bool MayTry(Exception failure, long started, TimeSpan pause) => IsHandled(failure) && time.GetElapsedTime(started) + pause <= limit;

    private TimeSpan Pause(int tries, Deadline deadline)
    {
        // The shift is limited: ten doublings are past the longest pause.
        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(tries, 10)));
        var left = deadline.Remaining(time);
        if (left == Timeout.InfiniteTimeSpan || left > pause)
        {
            return pause;
        }

        return left > ShortestPause ? left : ShortestPause;
    }

    private sealed class RetryUntilAvailable<T>(RetryUntilAvailablePolicy policy, T context, long started) : BaseRetryPolicyContext<T>(policy, context)
        where T : class, PipeContext
    {
        public override bool CanRetry(Exception exception, out RetryContext<T> retryContext)
        {
            var first = new Again<T>(policy, Context, exception, 0, started, CancellationToken);
            retryContext = first;
            Context.GetOrAddPayload(() => TriedBefore.Instance);
            return !CancellationToken.IsCancellationRequested && policy.MayTry(exception, started, first.Delay!.Value);
        }

        protected override RetryContext<T> CreateRetryContext(Exception exception, CancellationToken cancellationToken) =>
            new Again<T>(policy, Context, exception, 0, started, cancellationToken);
    }

    private sealed class Again<T>(
        RetryUntilAvailablePolicy policy,
        T context,
        Exception exception,
        int tries,
        long started,
        CancellationToken cancellationToken)
        : BaseRetryContext<T>(context, exception, tries, cancellationToken), RetryContext<T>
        where T : class, PipeContext
    {
        public override TimeSpan? Delay { get; } = policy.Pause(tries, DeadlineOf(context));

        public bool CanRetry(Exception exception, out RetryContext<T> retryContext)
        {
            var next = new Again<T>(policy, Context, exception, RetryCount + 1, started, CancellationToken);
            retryContext = next;
            return policy.MayTry(exception, started, next.Delay!.Value);
        }
    }
}

/// <summary>Marks a message whose earlier try failed because something was unavailable.</summary>
internal sealed class TriedBefore
{
    public static TriedBefore Instance { get; } = new();
}
