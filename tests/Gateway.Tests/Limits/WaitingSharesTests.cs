using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.Limits;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Tests.Limits;

public class WaitingSharesTests
{
    private const int Most = 100;

    private readonly WaitingShares _shares = new(Options.Create(new GatewayOptions { MaxWaiting = Most }));

    [Fact]
    public void CallerAlone_HasNearlyAllPlaces() => Assert.Equal(90, Enter("a", Most));

    [Fact]
    public void KeyWithALimitOfItsOwn_HasNoMorePlaces()
    {
        var key = Caller("a") with { Concurrent = 3 };
        Assert.Equal(3, Enumerable.Range(0, Most).Count(_ => _shares.Enter(key) is null));
        Assert.Equal(50, Enter("b", Most));
    }

    [Fact]
    public void CallersBesideEachOther_HaveEqualShares()
    {
        Enter("a", 1);
        Enter("b", 1);
        Assert.Equal(49, Enter("a", Most));
        Assert.Equal(49, Enter("b", Most));
    }

    [Fact]
    public void CallerThatComesWhenAnotherHasNearlyAll_FindsPlaces()
    {
        Enter("greedy", Most);
        Assert.Equal(10, Enter("polite", Most));
        Assert.Contains("its share of 100 among 2", _shares.Enter(Caller("greedy"))!.Detail, StringComparison.Ordinal);
        // Nothing is taken away, but what the greedy one gives back goes to others until the shares are equal.
        Leave("greedy", 40);
        Assert.Equal(0, Enter("greedy", Most));
        Assert.Equal(40, Enter("polite", Most));
    }

    [Fact]
    public void CallersWithoutRequests_AreForgotten()
    {
        Enter("a", 1);
        Enter("b", 1);
        Leave("b", 1);
        Assert.Equal(1, _shares.Callers);
        Assert.Equal(89, Enter("a", Most));
    }

    [Fact]
    public void MoreCallersThanPlaces_AreRefusedAsOverload()
    {
        for (var i = 0; i < Most; i++)
        {
            Assert.Equal(1, Enter($"{i}", 1));
        }

        Assert.Equal(RefusalReason.Overloaded, _shares.Enter(Caller("last"))!.Reason);
    }

    private static Caller Caller(string id) => new(id, null, IsLoopback: false);

    private int Enter(string caller, int count) => Enumerable.Range(0, count).Count(_ => _shares.Enter(Caller(caller)) is null);

    private void Leave(string caller, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _shares.Leave(Caller(caller));
        }
    }
}
