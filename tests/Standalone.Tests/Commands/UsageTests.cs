namespace Coinsphere.Messaging.Standalone.Tests.Commands;

/// <summary>What the program says of a command line that it does not understand: one line, the exit code 2, and nothing is done.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("--epoch is not an option of train: did you mean --epochs?", "train", "--epoch", "5")]
    [InlineData("--epoch is not an option of train: did you mean --epochs?", "train", "--epoch=5", "BTC")]
    [InlineData("--prot is not an option: did you mean --port?", "--prot", "9000")]
    [InlineData("--port is 'abc': expected 0 to 65535", "--port", "abc")]
    [InlineData("--port is '70000': expected 0 to 65535", "--port=70000")]
    [InlineData("--Prices:Foldr is not a setting: did you mean --Prices:Folder?", "--Prices:Foldr=x")]
    [InlineData("--Prices:Foldr is not a setting: did you mean --Prices:Folder?", "config", "--Prices:Foldr", "x")]
    [InlineData("--Colour:Red is not a setting: './run config' lists them", "--Colour:Red=1")]
    [InlineData("--Prices:Folder is a setting, which train takes from the environment: set Prices__Folder", "train", "--Prices:Folder=x")]
    [InlineData("'trian' is not a command: did you mean train?", "trian")]
    [InlineData("'lst' is not a command: did you mean list?", "parked", "lst")]
    [InlineData("parked expects one of list, retry behind it", "parked")]
    [InlineData("--force is not an option of rollback: './run rollback --help' lists them", "rollback", "BTC", "--force")]
    [InlineData("Required argument missing for command: 'predict': './run predict --help' shows what is expected", "predict")]
    [InlineData("--as-of is 'yesterday': expected a day such as 2024-06-30", "predict", "BTC", "--as-of", "yesterday")]
    [InlineData("--limit is 'all': expected a whole number", "history", "BTC", "--limit", "all")]
    [InlineData("--url is 'localhost': expected an http or https URL such as http://localhost:8000", "models", "--url", "localhost")]
    [InlineData("--url names a running service, which has its own prices and models: expected --url or the others",
        "risk", "BTC", "--url", "http://localhost:8000", "--prices", "prices")]
    [InlineData("--port is an option of serving: expected the options of doctor behind its name", "--port", "9000", "doctor")]
    public async Task WrongCommandLine_IsOneLineThatNamesWhatWasMeant(string expected, params string[] arguments)
    {
        var run = await CommandProcess.RunAsync(arguments);

        Assert.Equal((2, "", expected + "\n"), (run.Code, run.Output, run.Errors));
    }

    [Theory]
    [InlineData("./run [command] [options]", "--help")]
    [InlineData("./run train [<symbol>...] [options]", "train", "--help")]
    [InlineData("./run parked retry [<endpoint>...] [options]", "parked", "retry", "-h")]
    public async Task Help_NamesTheProgramAsItIsCalled(string expected, params string[] arguments)
    {
        var run = await CommandProcess.RunAsync(arguments);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Coinsphere.Messaging", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_IsPrinted()
    {
        var run = await CommandProcess.RunAsync("--version");

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Matches(@"^\d+\.\d+\.\d+", run.Output);
    }

    [Fact]
    public async Task AfterTwoDashes_EverythingIsAValue()
    {
        var run = await CommandProcess.RunAsync("inspect", "--", "--file");

        Assert.Equal(1, run.Code);
        Assert.Contains("--file", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("is not an option", run.Errors, StringComparison.Ordinal);
    }
}
