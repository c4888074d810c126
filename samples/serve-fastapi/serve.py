"""Serves the model that train.py wrote, with FastAPI."""

import json
import os
import threading

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

app = FastAPI()
model = None


def load():
    global model
    with open(os.path.join(os.environ.get("TENFOLD_MODEL_DIR", "/opt/ml/model"), "line.json")) as file:
        model = json.load(file)


@app.on_event("startup")
def start():
    threading.Thread(target=load).start()  # /ping answers 503 meanwhile.


@app.get("/ping")
def ping():
    return JSONResponse({}, 200 if model else 503)


@app.post("/invocations")
async def invoke(request: Request):
    # FastAPI could check the body itself (a parameter with a pydantic model), but would answer faults with 422.
    try:
        flower = json.loads(await request.body())
    except ValueError:
        return JSONResponse({"error": "the body is no JSON"}, 400)
    if model is None:
        return JSONResponse({"error": "the model is not loaded yet"}, 503)
    length = flower.get("petal_length") if isinstance(flower, dict) else None
    if not isinstance(length, (int, float)) or isinstance(length, bool):
        return JSONResponse({"error": "a flower has the number petal_length"}, 400)
    return {"prediction": model["slope"] * length + model["intercept"]}


if __name__ == "__main__":
    # At SIGTERM, uvicorn takes no more connections and finishes what is in flight.
    uvicorn.run(
        app, host=os.environ.get("TENFOLD_HOST", "0.0.0.0"), port=int(os.environ.get("TENFOLD_PORT", "8080")),
        log_level="warning", access_log=False, timeout_keep_alive=120)
