using System.Net;
using System.Security.Cryptography;
using System.Text;
using Coinsphere.Messaging.Worker.Alerts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Tests.Alerts;

/// <summary>Posts to a receiver that is a real server on this machine.</summary>
public sealed class WebhookSenderTests : IAsyncLifetime
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
    private const string Body = """{"type":"alert.raised","data":{"symbol":"BTC"}}""";

    private readonly WebhookSender _sender = new(Options.Create(new AlertsOptions { AllowPrivate = true }), TimeProvider.System);
    private Receiver _receiver = null!;

    public async ValueTask InitializeAsync() => _receiver = await Receiver.StartAsync();

    public ValueTask DisposeAsync()
    {
        _sender.Dispose();
        return _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Post_IsSignedByTheStandardsScheme()
    {
        var result = await PostAsync();

        Assert.Equal((HttpStatusCode.OK, null), (result.Status, result.Error));
        var (headers, body) = Assert.Single(_receiver.Received);
        Assert.Equal((Body, "application/json", "a1"), (body, headers["content-type"], headers["webhook-id"]));
        var signed = Encoding.UTF8.GetBytes($"a1.{headers["webhook-timestamp"]}.{Body}");
        var key = Convert.FromBase64String(Secret["whsec_".Length..]);
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)), headers["webhook-signature"]);
        Assert.InRange(long.Parse(headers["webhook-timestamp"]), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task OtherStatus_IsAFailureThatShowsTheReply()
    {
        _receiver.Answer = async http =>
        {
            http.Response.StatusCode = 503;
            http.Response.Headers.RetryAfter = "120";
            await http.Response.WriteAsync("later,\nplease");
        };

        var result = await PostAsync();

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "the receiver answered 503: later, please", TimeSpan.FromMinutes(2)),
            (result.Status, result.Error, result.RetryAfter));
    }

    [Fact]
    public async Task ReplyWithoutEnd_IsReadUpToALimit()
    {
        var written = 0;
        _receiver.Answer = async http =>
        {
            http.Response.StatusCode = 500;
            var part = new byte[16 * 1024];
            Array.Fill(part, (byte)'x');
            for (; written < 100_000_000; written += part.Length)
            {
                await http.Response.Body.WriteAsync(part, http.RequestAborted);
            }
        };

        var result = await PostAsync();

        Assert.StartsWith("the receiver answered 500: xxx", result.Error, StringComparison.Ordinal);
        // Beyond what is read, the system's buffers are filled.
        Assert.True(written < 50_000_000, $"{written} bytes were taken");
    }

    [Fact]
    public async Task ReceiverThatHangs_IsGivenUpAfterTenSeconds()
    {
        _receiver.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

        var result = await PostAsync();

        Assert.Equal("127.0.0.1 gave no whole answer within 10 seconds", result.Error);
        Assert.InRange(result.Duration.TotalSeconds, 9, 20);
    }

    [Theory]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirect_IsFollowedWithBodyAndSignature(int status)
    {
        _receiver.Answer = http =>
        {
            if (http.Request.Path == "/hook")
            {
                (http.Response.StatusCode, http.Response.Headers.Location) = (status, "/other");
            }

            return Task.CompletedTask;
        };

        Assert.Null((await PostAsync()).Error);
        Assert.Equal([Body, Body], _receiver.Received.Select(received => received.Body));
    }

    [Theory]
    [InlineData(307, "/hook", "more than 3 redirects")]
    [InlineData(307, "ftp://example.com/", "a redirect without an http or https URL that could be followed: 'ftp://example.com/'")]
    [InlineData(307, "http://user:password@127.0.0.1/", "a redirect without an http or https URL that could be followed: 'http://user:password@127.0.0.1/'")]
    [InlineData(302, "/other", "the receiver answered 302")]
    public async Task RedirectThatLeadsNowhere_IsAFailure(int status, string location, string error)
    {
        _receiver.Answer = http =>
        {
            (http.Response.StatusCode, http.Response.Headers.Location) = (status, location);
            return Task.CompletedTask;
        };

        Assert.Equal(error, (await PostAsync()).Error);
    }

    [Fact]
    public async Task PrivateAddress_IsNotConnectedTo_AlsoByANameOrARedirect()
    {
        using var strict = new WebhookSender(Options.Create(new AlertsOptions()), TimeProvider.System);
        var byName = _receiver.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

        foreach (var url in new[] { _receiver.Url, byName })
        {
            var result = await strict.PostAsync(url, Secret, "a1", Body, TestContext.Current.CancellationToken);
            Assert.Contains("which is not public: webhooks go to public addresses only (Alerts:AllowPrivate)", result.Error, StringComparison.Ordinal);
        }

        Assert.Empty(_receiver.Received);
    }

    [Theory]
    [InlineData("1.1.1.1", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:1.1.1.1", true)]
    [InlineData("::10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd12::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("ff02::1", false)]
    public void Address_IsPublicOrNot(string address, bool isPublic) => Assert.Equal(isPublic, WebhookAddresses.IsPublic(IPAddress.Parse(address)));

    private Task<WebhookResult> PostAsync() => _sender.PostAsync(_receiver.Url, Secret, "a1", Body, TestContext.Current.CancellationToken);
}
