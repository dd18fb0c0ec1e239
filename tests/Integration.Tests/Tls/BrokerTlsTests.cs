using System.Net.Http.Json;
using Coinsphere.Messaging.Integration.Tests.Lifecycle;

namespace Coinsphere.Messaging.Integration.Tests.Tls;

/// <summary>An encrypted broker with a certificate of a private authority: used where it is trusted, else the process ends with a line that says why.</summary>
[Collection(RunsAlone.Name)]
public sealed class BrokerTlsTests : IAsyncLifetime
{
    private readonly TestAuthority _authority = new();
    private readonly int _port = Ports.Free();
    private RabbitMqServer _broker = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Trusted => _broker.File("authority.pem");

    public async ValueTask InitializeAsync() => _broker = await RabbitMqServer.StartNewAsync(server =>
    {
        File.WriteAllText(server.File("authority.pem"), _authority.Pem);
        Write(server, _authority.Sign());
        return $"""
            listeners.ssl.1 = 127.0.0.1:{_port}
            ssl_options.cacertfile = {server.File("authority.pem")}
            ssl_options.certfile = {server.File("server.pem")}
            ssl_options.keyfile = {server.File("server.key")}
            ssl_options.verify = verify_none
            ssl_options.fail_if_no_peer_cert = false
            """;
    });

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _authority.Dispose();
    }

    [Fact]
    public async Task TrustedCertificate_CarriesRequestsAndAnswers()
    {
        await using var worker = await ServiceProcess.StartWorkerAsync(Url("worker"), ("RabbitMq__TlsAuthority", Trusted));
        var (gateway, http) = await ServiceProcess.StartGatewayAsync(Url("gateway"), ("RabbitMq__TlsAuthority", Trusted));
        await using var process = gateway;
        using var client = http;

        await Until.True(
            async () => (await client.PostAsync("/predict", JsonContent.Create(new { symbol = "BTC" }), Cancel)).IsSuccessStatusCode, gateway.Output);
        var connections = await _broker.ControlAsync("list_connections", "user", "ssl", "--no-table-headers");
        Assert.All(connections.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.EndsWith("true", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Worker")]
    [InlineData("Gateway")]
    public async Task CertificateOfAnotherAuthority_EndsTheProcess(string name)
    {
        using var other = new TestAuthority();
        var file = _broker.File("other.pem");
        await File.WriteAllTextAsync(file, other.Pem, Cancel);

        await EndsAsync(name, "127.0.0.1", file, "shows a certificate that no authority of RabbitMq__TlsAuthority signed: its issuer is 'CN=tests' (");
    }

    [Fact]
    public Task UnknownAuthority_EndsTheProcess() => EndsAsync(
        "Worker",
        "127.0.0.1",
        "",
        "shows a certificate of an authority that this system does not trust, 'CN=tests': its PEM file belongs into RabbitMq:TlsAuthority");

    [Fact]
    public Task OtherHostName_EndsTheProcess() => EndsAsync(
        "Worker", "localhost", Trusted, "shows a certificate for '127.0.0.1', expected one for localhost");

    [Fact]
    public async Task ExpiredCertificate_EndsTheProcess()
    {
        Write(_broker, _authority.Sign(isExpired: true));
        await _broker.ControlAsync("eval", "ssl:clear_pem_cache().");

        await EndsAsync("Worker", "127.0.0.1", Trusted, "shows a certificate that is valid from ");
    }

    [Fact]
    public async Task AuthorityWithoutEncryption_EndsTheProcess() => Assert.Contains(
        "RabbitMq__TlsAuthority is '" + Trusted + "', and RABBITMQ_URL is not encrypted: expected an amqps:// URL",
        await EndedAsync("Worker", _broker.Url("worker"), Trusted),
        StringComparison.Ordinal);

    private string Url(string user, string host = "127.0.0.1") => $"amqps://{user}:{user}-development@{host}:{_port}/coinsphere";

    private async Task EndsAsync(string name, string host, string authority, string why)
    {
        var output = await EndedAsync(name, Url(name.ToLowerInvariant(), host), authority);

        Assert.Contains($"Cannot run: RABBITMQ_URL: {host}:{_port} {why}", output, StringComparison.Ordinal);
        Assert.DoesNotContain("-development", output, StringComparison.Ordinal);
    }

    private static async Task<string> EndedAsync(string name, string url, string authority) => (await Assert.ThrowsAsync<InvalidOperationException>(
        async () => await (name == "Worker"
            ? ServiceProcess.StartWorkerAsync(url, ("RabbitMq__TlsAuthority", authority))
            : (Task)ServiceProcess.StartGatewayAsync(url, ("RabbitMq__TlsAuthority", authority))))).Message;

    private static void Write(RabbitMqServer server, (string Certificate, string Key) signed)
    {
        File.WriteAllText(server.File("server.pem"), signed.Certificate);
        File.WriteAllText(server.File("server.key"), signed.Key);
    }
}
