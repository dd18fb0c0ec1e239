using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.Limits;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Gateway.Tests.Limits;

public class RateLimitsTests
{
    private const int PerSecond = 10;
    private const int Burst = 100;

    private readonly FakeTimeProvider _time = new();
    private readonly LimitsOptions _options = new() { PerSecond = PerSecond, Burst = Burst };

    [Fact]
    public void Burst_IsAllowedAndThenTheRate()
    {
        var rates = Rates();
        Assert.Equal(Burst, Take(rates, At(1), 2 * Burst));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(3 * PerSecond, Take(rates, At(1), Burst));
    }

    [Fact]
    public void WorkThatCostsMoreThanIsLeft_IsDoneAndPaidBack()
    {
        var rates = Rates();
        Assert.Null(rates.Take(At(1), Burst + 50));
        var refusal = rates.Take(At(1), 1);
        Assert.Equal(RefusalReason.RateLimited, refusal!.Reason);
        Assert.Contains("try again in 6 s", refusal.Detail, StringComparison.Ordinal);
        _time.Advance(rates.Left(At(1))!.Value);
        Assert.Null(rates.Take(At(1), 1));
    }

    [Fact]
    public void Callers_DoNotUseUpEachOthersBudget()
    {
        var rates = Rates();
        Take(rates, At(1), 2 * Burst);
        Assert.Equal(Burst, Take(rates, At(2), 2 * Burst));
    }

    [Fact]
    public void CallersWithoutEnd_TakeBoundedMemoryAndOldOnesAreForgotten()
    {
        var budgets = new Budgets(Burst, PerSecond, _time);
        for (var i = 0; i < 3 * Budgets.MaxCallers; i++)
        {
            budgets.Take(At(i), 1);
        }

        Assert.Equal(Budgets.MaxCallers, budgets.Count);
        // A new one among too many has what all the others have together.
        budgets.Take(At(-1), Burst);
        Assert.NotNull(budgets.Take(At(-2), 1));

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(budgets.Take(At(-3), Burst));
        Assert.Equal(1, budgets.Count);
    }

    [Fact]
    public void Loopback_HasNoRateUnlessItIsAskedFor()
    {
        var own = At(1) with { IsLoopback = true };
        Assert.Equal(10 * Burst, Take(Rates(), own, 10 * Burst));
        _options.Loopback = true;
        Assert.Equal(Burst, Take(Rates(), own, 10 * Burst));
    }

    [Fact]
    public void RateOfZero_IsNone()
    {
        _options.PerSecond = 0;
        Assert.Equal(10 * Burst, Take(Rates(), At(1), 10 * Burst));
    }

    [Theory]
    [InlineData(PerSecond)]
    [InlineData(0)]
    public void RateOfAKey_HoldsEverywhereWhateverOthersHave(int others)
    {
        _options.PerSecond = others;
        var key = At(1) with { IsLoopback = true, PerSecond = 2 };
        var rates = Rates();
        // As many seconds of it as others may save up, or ten.
        Assert.Equal(20, Take(rates, key, Burst));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(6, Take(rates, key, Burst));
    }

    [Fact]
    public void KnownCaller_CostsNoMemory()
    {
        var rates = new RateLimits(Options.Create(new LimitsOptions { PerSecond = 1_000_000, Burst = 1_000_000 }), _time);
        var caller = At(1);
        rates.Take(caller, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            rates.Take(caller, 1);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    private static Caller At(int number) => new($"caller {number}", null, IsLoopback: false);

    private RateLimits Rates() => new(Options.Create(_options), _time);

    private static int Take(RateLimits rates, Caller caller, int count) => Enumerable.Range(0, count).Count(_ => rates.Take(caller, 1) is null);
}
