using System.Diagnostics;
using System.Net;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Requests;

public class DeadlineTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _client = gateway.Fresh();

    [Theory]
    [InlineData("POST", "/predict")]
    [InlineData("POST", "/predict/ensemble")]
    [InlineData("POST", "/risk-score")]
    [InlineData("POST", "/risk-score/portfolio")]
    [InlineData("GET", "/models")]
    [InlineData("GET", "/models/BTC")]
    [InlineData("GET", "/api/v1/predictions/BTC")]
    [InlineData("GET", "/api/v1/risk/BTC")]
    [InlineData("GET", "/api/v1/prices?symbols=BTC")]
    public async Task WorkerThatNeverAnswers_IsADeadlineExceededInTime(string method, string path)
    {
        Assert.True((await AskAsync(method, path)).IsSuccessStatusCode);
        gateway.Worker.Predict = _ => null;
        gateway.Worker.PredictEnsemble = _ => null;
        gateway.Worker.Risk = _ => null;
        gateway.Worker.PortfolioRisk = _ => null;
        gateway.Worker.Models = _ => null;
        gateway.Worker.Prices = _ => null;

        // Other test classes share the machine: one of three attempts has to be in time, and each has to be a refusal.
        var fastest = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < 3 && fastest > Deadline + Tolerance; attempt++)
        {
            var started = Stopwatch.GetTimestamp();
            var response = await AskAsync(method, path, ("X-Deadline-Ms", "200"));
            var elapsed = Stopwatch.GetElapsedTime(started);
            await response.ProblemAsync(HttpStatusCode.GatewayTimeout, RefusalReason.DeadlineExceeded);
            fastest = elapsed < fastest ? elapsed : fastest;
        }

        Assert.InRange(fastest, Deadline - TimeSpan.FromMilliseconds(20), Deadline + Tolerance);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("60001")]
    [InlineData("1.5")]
    [InlineData("soon")]
    [InlineData("99999999999999999999")]
    [InlineData("+200")]
    [InlineData("0x10")]
    public async Task WrongDeadline_IsInvalid(string value)
    {
        (string Method, string Path)[] requests =
        [
            ("POST", "/predict"), ("POST", "/predict/batch"), ("GET", "/models"), ("DELETE", "/models/BTC/cache"), ("GET", "/api/v1/prices?symbols=BTC"),
        ];
        foreach (var (method, path) in requests)
        {
            var response = await AskAsync(method, path, ("X-Deadline-Ms", value));
            var problem = await response.ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);
            Assert.Equal("X-Deadline-Ms must be a whole number of milliseconds from 1 to 60000", problem.Detail);
        }

        Assert.Empty(gateway.Worker.Asked);
    }

    [Theory]
    [InlineData(null, 5_000)]
    [InlineData("60000", 60_000)]
    public async Task Deadline_TravelsInTheMessage(string? header, int milliseconds)
    {
        var before = DateTimeOffset.UtcNow;
        var response = header is null ? await AskAsync("POST", "/predict") : await AskAsync("POST", "/predict", ("X-Deadline-Ms", header));
        var after = DateTimeOffset.UtcNow;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var asked = Assert.IsType<PredictRequested>(Assert.Single(gateway.Worker.Asked));
        Assert.InRange(asked.Deadline!.Value, before.AddMilliseconds(milliseconds), after.AddMilliseconds(milliseconds));
    }

    private Task<HttpResponseMessage> AskAsync(string method, string path, params (string Name, string Value)[] headers) => method == "POST"
        ? _client.PostAsync(path, """{"symbol":"BTC","symbols":["BTC"],"holdings":[{"symbol":"BTC","weight":1}]}""", headers)
        : _client.SendAsync(new HttpMethod(method), path, null, headers);
}
