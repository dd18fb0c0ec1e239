using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>
/// How a source is asked: a few tries with growing, random pauses, or the pause that it asks for; never faster than its documented limit; and not at
/// all for a while after it has failed repeatedly.
/// </summary>
internal static class FeedResilience
{
    /// <summary>A source that wants to be left alone for longer is not waited for; the caller decides.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan AllTries = TimeSpan.FromMinutes(5);

    public static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, RateLimiter limiter)
    {
        pipeline.AddTimeout(AllTries);
        pipeline.AddRetry(new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = 4,
            Delay = TimeSpan.FromMilliseconds(500),
            MaxDelay = TimeSpan.FromSeconds(20),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldRetryAfterHeader = true,
            ShouldHandle = args => ValueTask.FromResult(IsWorthATry(args.Outcome)),
        });
        pipeline.AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions
        {
            // Two symbols with five tries each, and not one answer: a source that is down is not asked more often than that.
            FailureRatio = 0.9,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromMinutes(2),
            BreakDuration = TimeSpan.FromSeconds(30),
        });
        pipeline.AddRateLimiter(limiter);
        pipeline.AddTimeout(OneTry);
    }

    /// <summary>A limit of so many requests at once, and one more each period. Further requests wait in line.</summary>
    public static RateLimiter Limit(int atOnce, TimeSpan period) => new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
    {
        TokenLimit = atOnce,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = period,
        QueueLimit = 1000,
        AutoReplenishment = true,
    });

    /// <summary>How long a source wants to be left alone; null where it does not say.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > DateTimeOffset.UtcNow => date - DateTimeOffset.UtcNow,
        { Date: not null } => TimeSpan.Zero,
        _ => null,
    };

    private static bool IsWorthATry(Outcome<HttpResponseMessage> outcome) =>
        (HttpClientResiliencePredicates.IsTransient(outcome) || outcome.Result?.StatusCode == (HttpStatusCode)418)
        && !(outcome.Result is { } response && RetryAfter(response) > LongestPause);
}
