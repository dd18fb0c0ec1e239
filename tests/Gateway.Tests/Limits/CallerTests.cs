using System.Net;
using Coinsphere.Messaging.Gateway.Callers;

namespace Coinsphere.Messaging.Gateway.Tests.Limits;

public class CallerTests
{
    private readonly CallerAddresses _callers = new();

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2::/64")]
    public void Address_IsTheCaller(string address, string id) => Assert.Equal((id, false), (Of(address).Id, Of(address).IsLoopback));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2")]
    [InlineData("::1")]
    public void LoopbackAddresses_AreCallersOfThisMachine(string address) => Assert.Equal((address, true), (Of(address).Id, Of(address).IsLoopback));

    [Fact]
    public void KnownAddress_CostsNoMemory()
    {
        var address = IPAddress.Parse("2001:db8::1");
        var caller = _callers.Of(address);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Same(caller, _callers.Of(address));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    private Caller Of(string address) => _callers.Of(IPAddress.Parse(address));
}
