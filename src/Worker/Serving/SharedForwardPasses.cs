using System.Runtime.InteropServices;
using Coinsphere.Messaging.Hosting.Caching;
using StackExchange.Redis;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>
/// One forward pass across processes. <c>forward:{digest}</c> holds a claim, which ends by itself, and then the probabilities. Whoever
/// sets the claim computes, the others wait for what takes its place; where the claim ends without it, one of them takes over.
/// Without Redis everybody computes.
/// </summary>
internal sealed class SharedForwardPasses(RedisConnection redis, TimeProvider time)
{
    /// <summary>How long a process that died keeps the others waiting.</summary>
    public static readonly TimeSpan ClaimLifetime = TimeSpan.FromSeconds(2);

    /// <summary>What the key holds while somebody computes.</summary>
    public const string Claim = "claimed";

    private const int Classes = 3;
    private static readonly TimeSpan ResultLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    /// <summary>The probabilities of the pass so named. It waits for another process until <paramref name="endOfWaiting"/>, and then computes.</summary>
    public async Task<float[]> RunAsync(string digest, Func<float[]> compute, CancellationToken endOfWaiting)
    {
        var key = redis.Key("forward:" + digest);
        try
        {
            if (await FromOthersAsync(key, endOfWaiting) is { } probabilities)
            {
                return probabilities;
            }
        }
        catch (OperationCanceledException) when (endOfWaiting.IsCancellationRequested)
        {
            // Whoever has the claim did not come up with it in time.
        }

        return await ComputeAsync(key, compute);
    }

    /// <summary>What another process computed, or null where this one is to compute.</summary>
    private async Task<float[]?> FromOthersAsync(RedisKey key, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            var claim = await redis.AskAsync(database => database.StringSetAsync(key, Claim, ClaimLifetime, When.NotExists), cancellationToken);
            if (!claim.IsAnswered || claim.Value)
            {
                return null;
            }

            var held = await redis.AskAsync(database => database.StringGetAsync(key), cancellationToken);
            if (held.IsAnswered && Read(held.Value) is { } probabilities)
            {
                return probabilities;
            }
            // A claim that never ends, or something else under the key, is nobody's word to wait for.
            if (!held.IsAnswered || (!held.Value.IsNull && held.Value != Claim) || time.GetElapsedTime(started) > 2 * ClaimLifetime)
            {
                return null;
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private async Task<float[]> ComputeAsync(RedisKey key, Func<float[]> compute)
    {
        float[] probabilities;
        try
        {
            probabilities = compute();
        }
        catch
        {
            await redis.AskAsync(database => database.KeyDeleteAsync(key), CancellationToken.None);
            throw;
        }

        var bytes = MemoryMarshal.AsBytes<float>(probabilities).ToArray();
        // The others wait for it, this process does not; a call that fails is counted there.
        _ = redis.AskAsync(database => database.StringSetAsync(key, bytes, ResultLifetime), CancellationToken.None).AsTask();
        return probabilities;
    }

    private static float[]? Read(RedisValue value)
    {
        byte[]? bytes = value;
        if (bytes is not { Length: Classes * sizeof(float) })
        {
            return null;
        }

        var probabilities = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        return probabilities.All(probability => probability is >= 0 and <= 1) && Math.Abs(probabilities.Sum() - 1) < 1e-3 ? probabilities : null;
    }
}
