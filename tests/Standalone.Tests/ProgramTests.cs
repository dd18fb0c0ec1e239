using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Standalone.Tests;

/// <summary>The built program as a process of its own.</summary>
public sealed partial class ProgramTests
{
    // What would answer for the settings under test.
    private static readonly string[] Unset =
        ["ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "ENVIRONMENT", "DATABASE_URL", "REDIS_HOST", "MODEL_CHECKPOINT_DIR"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartedFromTheRoot_AnswersItsFirstRequestAndEndsOnSigterm()
    {
        var port = Ports.Free();
        await using var program = Start("Standalone", ("PORT", $"{port}"));
        await program.ListeningAsync();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        using var response = await client.PostAsJsonAsync("/predict", new { symbol = "BTC", timeframe = "7d" }, Cancel);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);

        Assert.Equal((HttpStatusCode.OK, "BTC"), (response.StatusCode, answer.GetProperty("symbol").GetString()));
        program.Send(Signals.Terminate);
        Assert.Equal(0, await program.ExitAsync(TimeSpan.FromSeconds(10)));
        Assert.DoesNotContain("Exception", program.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PORT", "abc", "expected a whole number")]
    [InlineData("PORT", "70000", "expected 0 to 65535")]
    [InlineData("Gateway__Port", "70000", "expected 0 to 65535")]
    [InlineData("SUPPORTED_SYMBOLS", "B:TC", "")]
    [InlineData("Prices__Folder", "/nonexistent", "expected an existing folder of SYMBOL.csv files")]
    [InlineData("MODEL_CHECKPOINT_DIR", "/nonexistent", "expected an existing folder of checkpoints")]
    [InlineData("Models__Engine", "tensorflow", "expected managed or torch")]
    [InlineData("Models__Engine", "torch", "this build does not contain it, ")]
    [InlineData("CACHE_TTL", "-1", "expected 0 to 86400")]
    [InlineData("CACHE_TTL", "300s", "expected a whole number")]
    [InlineData("REDIS_PORT", "80a", "expected a whole number")]
    [InlineData("CORS_ORIGINS", "localhost:3000", "is not an origin")]
    [InlineData("CORS_ORIGINS", "foo", "expected one such as https://app.example")]
    [InlineData("ENVIRONMENT", "prod", "expected development, staging, production")]
    [InlineData("Health__File", "/nonexistent/health", "expected a file in an existing folder")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317", "expected a URL such as http://localhost:4317")]
    public async Task WrongOption_EndsTheProgramWithItsNameAsSetAndItsValue(string name, string value, string expected)
    {
        (string, string)[] others = name is "PORT" or "Gateway__Port" ? [] : [("PORT", "0"), ("REDIS_HOST", "127.0.0.1")];
        var message = await RefusedAsync([(name, value), .. others]);

        Assert.StartsWith($"Cannot run: {name} is '{value}'", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsWrongAndMattersToNobody_IsToldAndLeftAside()
    {
        await using var program = Start(
            "Standalone", ("PORT", "0"), ("REDIS_PORT", "tcp://10.43.12.34:6379"), ("Prices__Foldr", "/prices"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), ("OTEL_METRIC_EXPORT_INTERVAL", "100"));
        await program.ListeningAsync();
        await program.WroteAsync("REDIS_PORT is 'tcp://10.43.12.34:6379', which Kubernetes sets");
        await program.WroteAsync("enableServiceLinks: false");
        await program.WroteAsync("Prices__Foldr is not a known setting and is ignored; did you mean Prices__Folder?");
        await program.WroteAsync("telemetry: traces, metrics and logs do not reach 127.0.0.1:1: ");
        Assert.DoesNotContain("   at ", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SaysInAFewLinesWhereItAnswersAndFromWhat()
    {
        await using var program = Start("Standalone", ("PORT", "0"));
        var address = await program.ListeningAsync();
        await program.StartedAsync();

        Assert.Contains($"{address.AbsoluteUri.TrimEnd('/')}/docs", program.Output, StringComparison.Ordinal);
        Assert.Contains("prices    synthetic: every one is invented", program.Output, StringComparison.Ordinal);
        Assert.Contains("models    15 of 15 symbols, kernel ", program.Output, StringComparison.Ordinal);
        Assert.Contains("cache     in memory, no Redis", program.Output, StringComparison.Ordinal);
        Assert.Contains("database  none", program.Output, StringComparison.Ordinal);
        Assert.InRange(program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 6, 8);
    }

    [Fact]
    public async Task LogForPrograms_HasNoOtherLines_AndTheSummaryAsAnEvent()
    {
        await using var program = Start("Standalone", ("PORT", "0"), ("Logging__Console__FormatterName", "json"));
        await program.WroteAsync("Serving on http://127.0.0.1:");
        await program.WroteAsync("Application started");

        Assert.All(program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public async Task PortInUse_EndsTheProgramWithItsAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        Assert.Contains($"127.0.0.1:{port}", await RefusedAsync(("PORT", $"{port}")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Gateway", "", "is missing")]
    [InlineData("Worker", "", "is missing")]
    [InlineData("Gateway", "http://user:s3cret@broker", "is not a RabbitMQ URL")]
    [InlineData("Worker", "http://user:s3cret@broker", "is not a RabbitMQ URL")]
    public async Task WrongBroker_EndsItsProgramsWithTheKeyAndWithoutThePassword(string name, string url, string fault)
    {
        var message = await RefusedAsync(name, ("RABBITMQ_URL", url), ("Prices__AllowSynthetic", "true"));

        Assert.Contains((url.Length == 0 ? "RabbitMq:Url (RABBITMQ_URL) " : "RABBITMQ_URL ") + fault, message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
    }

    /// <summary>The line that the program says why it does not run.</summary>
    private static Task<string> RefusedAsync(params (string, string)[] environment) => RefusedAsync("Standalone", environment);

    private static async Task<string> RefusedAsync(string name, params (string, string)[] environment)
    {
        await using var program = Start(name, environment);
        Assert.Equal(1, await program.ExitAsync(TimeSpan.FromSeconds(30)));
        return Assert.Single(program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !InformationLine().IsMatch(line));
    }

    private static RunningProgram Start(string program, params (string Name, string Value)[] environment) => RunningProgram.Start(
        program,
        folder: Repository.Root,
        environment: [.. Unset.Select(name => (name, (string?)null)), .. environment.Select(pair => (pair.Name, (string?)pair.Value))]);

    [GeneratedRegex(@"^\S+Z (info|warn): ")]
    private static partial Regex InformationLine();
}
